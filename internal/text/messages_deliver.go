package text

var deliverMessages = map[Key]Message{
	"catalog.check.deliver.off":         {"department %[1]s has delivery, and guiji.yaml has none: nothing is sent", "部门 %[1]s 填写了 delivery，但 guiji.yaml 未填写 delivery，不会发送任何消息"},
	"catalog.check.deliver.nobody":      {"delivery names nobody: neither delivery.to nor any department's delivery", "delivery 未指定接收方：请填写 delivery.to，或在 departments.yaml 中填写各部门的 delivery"},
	"catalog.check.deliver.mail":        {"messages go by mail, so mail.server and mail.from are needed", "有消息以邮件发送，须填写 mail.server 和 mail.from"},
	"catalog.check.deliver.host":        {"%[1]q is no host name: write it without scheme, port and path", "%[1]q 不是主机名：请只写主机名，不带协议、端口和路径"},
	"catalog.check.deliver.domain":      {"%[1]q is no domain of mail addresses", "%[1]q 不是邮件域名"},
	"catalog.check.deliver.quiet":       {"quiet hours are written as 22:00-07:00, not %[1]q", "免打扰时段应写作 22:00-07:00，现为 %[1]q"},
	"catalog.check.deliver.size":        {"max_attachment_mb is 1 to 100, not %[1]d; leave it out for 8", "max_attachment_mb 应为 1 至 100，现为 %[1]d；不填为 8"},
	"catalog.check.deliver.local":       {"a template is named by its path within the project, not %[1]q", "模板应以项目目录内的路径指定，现为 %[1]q"},
	"catalog.check.deliver.days":        {"working days are 0 (never) to 250, not %[1]d", "工作日数应为 0（不提醒）至 250，现为 %[1]d"},
	"catalog.check.deliver.owner":       {"attach sends values to the department's own address: fill in contact.email of %[1]s", "attach 只向部门本单位邮箱发送含数据的附件：请填写 %[1]s 的 contact.email"},
	"catalog.check.deliver.owner.twice": {"%[1]s and %[2]s have the same contact.email: one would get the other's values", "%[1]s 与 %[2]s 的 contact.email 相同，会收到对方的数据"},
	"catalog.check.deliver.password":    {"the password of attachments must not go to the address the attachments go to", "附件密码不得发往接收附件的同一邮箱"},
	"catalog.check.deliver.one":         {"a channel has exactly one of mail, wecom, dingtalk, feishu and webhook, and mail names an address", "每条渠道须且只能填写 mail、wecom、dingtalk、feishu、webhook 之一，mail 至少有一个地址"},
	"catalog.check.deliver.reference":   {"%[1]s is a secret: write a reference, ${NAME} or ${file:path}", "%[1]s 属于密钥：请写为引用 ${NAME} 或 ${file:path}"},
	"catalog.check.deliver.elsewhere":   {"%[1]s is not among delivery.%[2]s: nothing is sent there", "%[1]s 不在 delivery.%[2]s 的许可范围内，不能向其发送"},
	"catalog.check.deliver.ok":          {"ok_field and ok_value belong together", "ok_field 与 ok_value 须同时填写"},
}
