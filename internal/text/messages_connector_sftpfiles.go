package text

var sftpfilesMessages = map[Key]Message{
	"sftpfiles.setting":           {"sftpfiles: %[1]s is empty, or cannot be what it is", "sftpfiles：%[1]s 为空或取值无效"},
	"sftpfiles.setting.address":   {"sftpfiles: %[1]q is neither a host nor host:port", "sftpfiles：%[1]q 不是有效的主机，也不是“主机:端口”"},
	"sftpfiles.setting.account":   {"sftpfiles: set either password or private_key", "sftpfiles：password 与 private_key 须且只须填写一个"},
	"sftpfiles.setting.host":      {"sftpfiles: set either known_hosts or fingerprint: the server has to prove that it is the one", "sftpfiles：known_hosts 与 fingerprint 须且只须填写一个，用于核验服务器身份"},
	"sftpfiles.setting.host.hint": {"ask whoever runs the server for the fingerprint of its key (ssh-keygen -lf on it), not the network", "请向服务器管理方索取主机密钥指纹（在服务器上执行 ssh-keygen -lf），不要从网络上直接获取"},
	"sftpfiles.setting.allow":     {"sftpfiles: allow: %[1]q is no address and no network", "sftpfiles：allow：%[1]q 不是 IP 地址，也不是网段"},

	"sftpfiles.known_hosts":      {"known_hosts %[1]s cannot be read", "known_hosts 文件 %[1]s 无法读取"},
	"sftpfiles.private_key":      {"sftpfiles: private_key cannot be read as a key", "sftpfiles：private_key 无法识别为私钥"},
	"sftpfiles.private_key.hint": {"it is PEM as ssh-keygen writes it; where it is locked, set passphrase", "应为 ssh-keygen 生成的 PEM 格式；若已加密，请填写正确的 passphrase"},
	"sftpfiles.address":          {"%[1]s has the address %[2]s, which is not allowed", "%[1]s 的地址 %[2]s 不在允许范围内"},
	"sftpfiles.address.hint":     {"private networks are allowed; list other addresses under allow", "默认只允许内网地址；其他地址请填写到 allow"},
	"sftpfiles.key_unknown":      {"the key of %[1]s is not in %[2]s; it shows %[3]s", "%[2]s 中没有 %[1]s 的主机密钥；服务器出示的指纹为 %[3]s"},
	"sftpfiles.key_unknown.hint": {"compare it with what whoever runs the server says, then add it", "请与服务器管理方核对无误后再加入"},
	"sftpfiles.key_changed":      {"%[1]s is not the server it was: it shows the key %[2]s, known is %[3]s", "%[1]s 的主机密钥不符：服务器出示 %[2]s，登记的是 %[3]s"},
	"sftpfiles.key_changed.hint": {"nothing was sent to it; ask whoever runs the server whether it has a new key", "尚未向其发送账户信息；请向服务器管理方确认是否更换了主机密钥"},
	"sftpfiles.key_revoked":      {"the key of %[1]s is not trusted: %[2]s", "%[1]s 的主机密钥不受信任：%[2]s"},
	"sftpfiles.algorithms":       {"%[1]s speaks no form of SSH that is still safe", "%[1]s 不支持任何仍然安全的 SSH 算法"},
	"sftpfiles.refused":          {"%[2]s does not let %[1]s in", "%[2]s 拒绝账户 %[1]s 登录"},
	"sftpfiles.refused.hint":     {"check user, and password or private_key", "请检查 user 以及 password 或 private_key"},
	"sftpfiles.no_sftp":          {"%[1]s has no SFTP", "%[1]s 未提供 SFTP 服务"},
	"sftpfiles.unreachable":      {"%[1]s cannot be reached", "无法连接 %[1]s"},
	"sftpfiles.no_folder":        {"there is no folder %[1]s", "文件夹 %[1]s 不存在"},
	"sftpfiles.no_folder.hint":   {"check path; \".\" is the folder the account comes into", "请检查 path；“.”表示账户登录后所在的文件夹"},
	"sftpfiles.long_list":        {"the list of a folder in %[1]s is longer than %[2]d MiB", "%[1]s 中一个文件夹的列表超过 %[2]d MiB"},
	"sftpfiles.answer":           {"%[1]s answers: %[2]s", "%[1]s 返回：%[2]s"},

	"sftpfiles.doctor.links": {"%[1]s: links are not followed: %[2]d", "%[1]s：有 %[2]d 个符号链接，不会读取"},
}
