package text

var publishMessages = map[Key]Message{
	"publish.address":     {"the address is no http(s) address", "地址不是有效的 http(s) 地址"},
	"publish.status":      {"%[1]s answered with status %[2]d", "%[1]s 返回状态码 %[2]d"},
	"publish.redirect":    {"%[1]s answered with a redirect (%[2]d), which is not followed", "%[1]s 要求跳转（%[2]d），系统不跟随跳转"},
	"publish.plain":       {"plain http to %[1]s is refused", "不允许以明文 http 访问 %[1]s"},
	"publish.plain.hint":  {"use https; plain http goes only to this machine and to private networks (10/8, 172.16/12, 192.168/16, fc00::/7)", "请改用 https；明文 http 仅限本机和内网地址（10/8、172.16/12、192.168/16、fc00::/7）"},
	"publish.tls":         {"the certificate of %[1]s is not trusted", "%[1]s 的证书未通过校验"},
	"publish.unreachable": {"%[1]s cannot be reached", "无法连接 %[1]s"},
}
