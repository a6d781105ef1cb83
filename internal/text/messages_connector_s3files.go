package text

var s3filesMessages = map[Key]Message{
	"s3files.setting.empty":  {"s3files: %[1]s is empty", "s3files：%[1]s 为空"},
	"s3files.setting.prefix": {"s3files: prefix %[1]q has a slash at an end, or a . or .. in it", "s3files：prefix %[1]q 首尾不能有斜杠，其中也不能有 . 或 .."},
	"s3files.setting.limit":  {"s3files: limit_mb is not below 1", "s3files：limit_mb 不能小于 1"},
	"s3files.setting.path":   {"s3files: csv and excel have no path here: the files are those of bucket and prefix", "s3files：csv 和 excel 下不填写 path，文件位置由 bucket 和 prefix 决定"},
	"s3files.setting.format": {"s3files: there is no format %[1]q; the formats are csv and excel", "s3files：不支持格式 %[1]q；可用格式：csv、excel"},

	"s3files.endpoint":     {"s3files: %[1]q is no host:port", "s3files：%[1]q 不是有效的“主机:端口”"},
	"s3files.no_bucket":    {"there is no bucket %[1]s on %[2]s", "%[2]s 上没有存储桶 %[1]s"},
	"s3files.refused":      {"%[1]s is refused to this account: %[2]s", "当前账户无权访问 %[1]s：%[2]s"},
	"s3files.refused.hint": {"check access_key and secret_key; the account needs s3:ListBucket and s3:GetObject", "请检查 access_key 和 secret_key；该账户需要 s3:ListBucket 和 s3:GetObject 权限"},
	"s3files.certificate":  {"the certificate of %[1]s is not trusted", "%[1]s 的证书不受信任"},
	"s3files.unreachable":  {"%[1]s cannot be reached", "无法连接 %[1]s"},
	"s3files.answer":       {"%[1]s answers %[2]s", "%[1]s 返回 %[2]s"},
	"s3files.name":         {"%[1]s holds a name that is none of a file: %[2]q", "%[1]s 中有不能作为文件名的对象：%[2]q"},
	"s3files.many":         {"%[1]s holds more than %[2]d files", "%[1]s 中的文件超过 %[2]d 个"},
	"s3files.too_large":    {"the files of a table in %[1]s have more than limit_mb: %[2]d", "%[1]s 中一个表的文件合计超过 limit_mb：%[2]d"},
	"s3files.raise_limit":  {"take old files out of the table, or raise limit_mb in guiji.yaml", "请移走旧文件，或调大 guiji.yaml 中的 limit_mb"},
	"s3files.doctor":       {"%[1]s: files: %[2]d", "%[1]s：%[2]d 个文件"},
}
