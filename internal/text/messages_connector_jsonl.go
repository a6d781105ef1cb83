package text

var jsonlMessages = map[Key]Message{
	"jsonl.setting":    {"jsonl: path %[1]q and pattern %[2]q have to name a file or folder, and its files", "jsonl：path %[1]q 与 pattern %[2]q 应指明文件或文件夹及其中的文件"},
	"jsonl.bad.text":   {"holds bytes or escapes that are no character", "含有无法识别的字节或转义"},
	"jsonl.bad.object": {"is not one JSON object", "不是一个 JSON 对象"},
	"jsonl.bad.twice":  {"names a member twice", "成员名重复"},
}
