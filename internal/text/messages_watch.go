package text

var watchMessages = map[Key]Message{
	"command.runs.pipeline":      {"only runs of this pipeline", "仅列出该任务的运行"},
	"command.runs.outcome":       {"only runs that ended so: ok, gated, partial, failed", "仅列出该结果的运行：ok、gated、partial、failed"},
	"command.runs.no_outcome":    {"%[1]q is no outcome: want ok, gated, partial or failed", "没有名为 %[1]q 的结果，应为 ok、gated、partial 或 failed"},
	"command.runs.when":          {"pipeline %[1]s, slot %[2]s, from %[3]s to %[4]s", "任务 %[1]s，批次 %[2]s，起止时间 %[3]s 至 %[4]s"},
	"command.runs.manual":        {"by hand", "人工"},
	"command.runs.stages":        {"time by stage", "各阶段用时"},
	"command.col.slot":           {"slot", "批次"},
	"command.schedule.metrics":   {"metrics cannot be served on %[1]s", "无法在 %[1]s 上提供监控指标"},
	"catalog.check.metrics":      {"schedule.metrics is %[1]q: want host:port, for example 127.0.0.1:9464", "schedule.metrics 填写为 %[1]q，应为“主机:端口”，例如 127.0.0.1:9464"},
	"catalog.check.metrics.open": {"metrics are served on %[1]s without a password: whoever reaches it can read names and counts", "监控指标将在 %[1]s 上无口令开放，可访问该地址者均能看到名称和数量"},
	"catalog.check.hook.one":     {"a hook has exactly one of command, webhook and mail", "每条通知须且只能填写 command、webhook、mail 之一"},
	"catalog.check.hook.command": {"the command's first word is the program to run; it is empty", "command 第一项应为要执行的程序，不能为空"},
	"catalog.check.web":          {"%[1]s is no http(s) address; a password does not belong into it", "%[1]s 不是有效的 http(s) 地址（地址中不得含用户名口令）"},
	"catalog.check.mail.address": {"not a mail address: want name@host", "邮件地址有误，应为 名称@主机"},
	"catalog.check.mail.missing": {"a hook sends mail, so mail.server and mail.from are needed", "通知方式含邮件，须填写 mail.server 和 mail.from"},
	"catalog.check.mail.server":  {"mail.server is %[1]q: want host:port", "mail.server 填写为 %[1]q，应为“主机:端口”"},
	"catalog.check.mail.plain":   {"mail.tls is off, and %[1]s is not on this machine", "mail.tls 为 off 时仅可使用本机邮件服务器，%[1]s 不在本机"},
	"catalog.check.mail.tls":     {"mail.tls is %[1]q: want verify, starttls or off", "mail.tls 填写为 %[1]q，应为 verify、starttls 或 off"},
}
