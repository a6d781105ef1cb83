package text

var publishMessages = map[Key]Message{
	"publish.address":          {"the address is no http(s) address", "地址不是有效的 http(s) 地址"},
	"publish.status":           {"%[1]s answered with status %[2]d", "%[1]s 返回状态码 %[2]d"},
	"publish.redirect":         {"%[1]s answered with a redirect (%[2]d), which is not followed", "%[1]s 要求跳转（%[2]d），系统不跟随跳转"},
	"publish.plain":            {"plain http to %[1]s is refused", "不允许以明文 http 访问 %[1]s"},
	"publish.plain.hint":       {"use https; plain http goes only to this machine and to private networks (10/8, 172.16/12, 192.168/16, fc00::/7)", "请改用 https；明文 http 仅限本机和内网地址（10/8、172.16/12、192.168/16、fc00::/7）"},
	"publish.tls":              {"the certificate of %[1]s is not trusted", "%[1]s 的证书未通过校验"},
	"publish.unreachable":      {"%[1]s cannot be reached", "无法连接 %[1]s"},
	"publish.mail.tls":         {"the mail server %[1]s does not prove who it is", "邮件服务器 %[1]s 的证书未通过校验"},
	"publish.mail.refused":     {"the mail server %[1]s refused the message (status %[2]d)", "邮件服务器 %[1]s 拒收邮件（状态码 %[2]d）"},
	"publish.mail.unreachable": {"the mail server %[1]s cannot be reached", "无法连接邮件服务器 %[1]s"},
	"publish.mail.address":     {"a mail address cannot be used", "邮件地址无效"},
	"publish.mail.ca":          {"the certificates of the mail server's authority cannot be read", "无法读取邮件服务器的 CA 证书文件"},
	"publish.mail.plain":       {"the mail server %[1]s is not on this machine: mail without TLS is refused", "邮件服务器 %[1]s 不在本机，不允许不加密发送邮件"},
	"publish.mail.password":    {"the mail server %[1]s refused user and password", "邮件服务器 %[1]s 拒绝了用户名或密码"},
	"publish.mail.recipient":   {"the mail server %[1]s does not take mail for the address (status %[2]d)", "邮件服务器 %[1]s 不接受该收件地址（状态码 %[2]d）"},
	"publish.mail.attach":      {"an attachment cannot be put into the mail", "无法添加邮件附件"},
}
