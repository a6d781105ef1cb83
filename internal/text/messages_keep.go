package text

// keepMessages are about the care of a store: what expires, what is erased, what is
// compared and verified.
var keepMessages = map[Key]Message{
	"lake.release.expired":      {"release %[1]d has expired on %[2]s: %[3]s", "版本 %[1]d 已于 %[2]s 到期清除：%[3]s"},
	"lake.release.expired.hint": {"guiji gc --dry-run lists the releases that are kept and why", "可用 guiji gc --dry-run 查看现存版本及保留依据"},
	"lake.change.bad":           {"%[1]s is no change guiji wrote", "%[1]s 不是 guiji 写入的变更记录"},
	"lake.change.bad.hint":      {"run guiji verify; restore the object from a backup of the store", "请运行 guiji verify，并从存储备份中恢复该对象"},

	"lake.verify.change":             {"is no change guiji wrote: %[1]s", "不是 guiji 写入的变更记录：%[1]s"},
	"lake.verify.unfinished":         {"an expiry (release %[1]d) was interrupted; guiji gc ends it (no damage)", "到期清除（版本 %[1]d）中断，运行 guiji gc 即可完成（不影响数据）"},
	"lake.verify.unfinished.erasure": {"an erasure (release %[1]d) was interrupted; guiji erase --resume or guiji gc ends it", "删除个人信息的操作（版本 %[1]d）中断，请运行 guiji erase --resume 或 guiji gc 完成"},
	"lake.verify.unchanged":          {"still has the content that the interrupted change takes out", "仍为中断的变更尚未替换的内容"},
	"lake.verify.newest":             {"is not what %[1]s noted when it was committed: one of the two was changed", "与提交时 %[1]s 的记载不一致：二者之一已被改动"},
	"lake.verify.hint":               {"does not say which release is the newest, %[1]d: it was changed, or newer releases are missing", "与最新版本 %[1]d 不符：该对象已被改动，或更新的版本缺失"},
	"lake.verify.run":                {"is no whole run record", "不是完整的运行记录"},
	"lake.verify.seal":               {"its content was changed: the SHA-256 at its end differs", "内容已被改动：与末尾的 SHA-256 不一致"},
	"lake.verify.extra":              {"guiji puts no such object into a store (no damage)", "不是 guiji 写入的对象（不影响数据）"},
}
