package text

var s3filesMessages = map[Key]Message{
	"s3files.setting.empty":  {"s3files: %[1]s is empty", "s3files：%[1]s 为空"},
	"s3files.setting.prefix": {"s3files: prefix %[1]q has a slash at an end, or a . or .. in it", "s3files：prefix %[1]q 首尾不能有斜杠，其中也不能有 . 或 .."},
	"s3files.setting.limit":  {"s3files: limit_mb is not below 1", "s3files：limit_mb 不能小于 1"},

	"s3files.endpoint":     {"s3files: %[1]q is no host:port", "s3files：%[1]q 不是有效的“主机:端口”"},
	"s3files.no_bucket":    {"there is no bucket %[1]s on %[2]s", "%[2]s 上没有存储桶 %[1]s"},
	"s3files.refused":      {"%[1]s is refused to this account: %[2]s", "当前账户无权访问 %[1]s：%[2]s"},
	"s3files.refused.hint": {"check access_key and secret_key; the account needs s3:ListBucket and s3:GetObject", "请检查 access_key 和 secret_key；该账户需要 s3:ListBucket 和 s3:GetObject 权限"},
	"s3files.certificate":  {"the certificate of %[1]s is not trusted", "%[1]s 的证书不受信任"},
	"s3files.unreachable":  {"%[1]s cannot be reached", "无法连接 %[1]s"},
	"s3files.answer":       {"%[1]s answers %[2]s", "%[1]s 返回 %[2]s"},
}
