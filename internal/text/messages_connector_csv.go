package text

var csvfileMessages = map[Key]Message{
	"csvfile.setting.path":      {"csvfile: path is empty: name a file or a folder", "csvfile：path 为空，请填写文件或文件夹"},
	"csvfile.setting.encoding":  {"csvfile: there is no encoding %[1]q; the encodings are %[2]s", "csvfile：不支持编码 %[1]q；可用编码：%[2]s"},
	"csvfile.setting.pattern":   {"csvfile: %[1]q is no pattern for file names", "csvfile：%[1]q 不是有效的文件名匹配式"},
	"csvfile.setting.character": {"csvfile: %[1]s is one ASCII character, not %[2]q", "csvfile：%[1]s 应为一个 ASCII 字符，不能是 %[2]q"},
	"csvfile.setting.negative":  {"csvfile: header and skip are not below 0", "csvfile：header 和 skip 不能小于 0"},

	"csvfile.no_header":       {"%[1]s ends before its header line", "%[1]s 没有表头行"},
	"csvfile.deliver_again":   {"ask the department to deliver it again", "请部门重新交付该文件"},
	"csvfile.header_encoding": {"the header of %[1]s is not %[2]s", "%[1]s 的表头不是 %[2]s 编码"},
	"csvfile.header_quotes":   {"%[1]s, line %[2]d: the quotes of the header are broken", "%[1]s 第 %[2]d 行：表头引号不完整"},
	"csvfile.long_line":       {"%[1]s, line %[2]d is longer than 64 MiB: is it a text file of this encoding?", "%[1]s 第 %[2]d 行超过 64 MiB，请确认是否为该编码的文本文件"},
	"csvfile.no_column":       {"%[1]s has no column %[2]q; it has: %[3]s", "%[1]s 中没有列 %[2]q；现有列：%[3]s"},
	"csvfile.no_names":        {"%[1]s has no column %[2]q and none of the others asked for: its header line is missing, or the delimiter is another", "%[1]s 中没有列 %[2]q，所需各列均未找到：可能缺少表头行，或分隔符不同"},
	"csvfile.no_numbered":     {"%[1]s is read without a header: columns are named col1, col2 …, not %[2]q", "%[1]s 按无表头读取，列名为 col1、col2……，不能是 %[2]q"},
	"csvfile.twice":           {"%[1]s has two columns named %[2]q", "%[1]s 中有两列同名：%[2]q"},
	"csvfile.check_header":    {"check column in the catalogue entry, and header and delimiter in guiji.yaml", "请检查目录中的 column，以及 guiji.yaml 中的 header 和 delimiter"},
	"csvfile.set_encoding":    {"it reads well as %[1]s: set encoding: %[1]s", "该文件似为 %[1]s 编码：请设置 encoding: %[1]s"},
	"csvfile.ask_encoding":    {"ask the department for the file's encoding", "请向部门确认文件编码"},
	"csvfile.all_undecodable": {"no row of %[1]s can be decoded as %[2]s", "%[1]s 没有一行能按 %[2]s 解码"},
	"csvfile.window":          {"%[1]s is made of text files, which cannot be read by a cursor", "%[1]s 为文本文件，不支持按增量游标读取"},
	"csvfile.window.hint":     {"take cursor out of the catalogue entry, or set mode: full", "请删除目录条目中的 cursor，或设置 mode: full"},

	"csvfile.broken_quotes": {"the quotes are broken", "引号不完整"},
	"csvfile.header_again":  {"the header once more", "重复的表头行"},
	"csvfile.wrong_fields":  {"has more or fewer fields than the header", "字段数与表头不一致"},
	"csvfile.zero_byte":     {"holds a zero byte (NUL), which no text has", "含有空字节（NUL），不是正常文本"},
	"csvfile.undecodable":   {"holds bytes that are no character of the encoding", "含有不符合编码的字节"},

	"csvfile.doctor_ok":       {"%[1]s: %[2]s, %[3]d columns", "%[1]s：%[2]s 编码，%[3]d 列"},
	"csvfile.doctor_encoding": {"%[1]s, line %[2]d is not %[3]s; the beginning of the file reads well as: %[4]s", "%[1]s 第 %[2]d 行不是 %[3]s 编码；文件开头可按以下编码读取：%[4]s"},
}
