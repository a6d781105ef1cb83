package text

// remoteMessages are of folders on other machines, whatever the way there.
var remoteMessages = map[Key]Message{
	"remote.setting.path":   {"csv, excel, jsonl and parquet have no path here: where the files lie is the connection's own setting", "csv、excel、jsonl、parquet 下不填写 path，文件位置由连接本身的设置决定"},
	"remote.setting.format": {"there is no format %[1]q; the formats are %[2]s", "不支持格式 %[1]q；可用格式：%[2]s"},

	"remote.name":        {"%[1]s holds a name that is none of a file: %[2]q", "%[1]s 中有不能作为文件名的名称：%[2]q"},
	"remote.name.hint":   {"have it renamed: names are UTF-8, without .. and without control characters", "请改名：名称须为 UTF-8，不含 .. 和控制字符"},
	"remote.many":        {"%[1]s holds more than %[2]d files", "%[1]s 中的文件超过 %[2]d 个"},
	"remote.many.hint":   {"have old files moved away, or make the connection one of a folder further down", "请移走旧文件，或将连接改为更下层的文件夹"},
	"remote.too_large":   {"the files of a table in %[1]s have more than limit_mb: %[2]d", "%[1]s 中一个表的文件合计超过 limit_mb：%[2]d"},
	"remote.raise_limit": {"take old files out of the table, or raise limit_mb in guiji.yaml", "请移走旧文件，或调大 guiji.yaml 中的 limit_mb"},
	"remote.silent":      {"%[1]s has sent nothing for too long", "%[1]s 长时间没有返回数据"},

	"remote.doctor":        {"%[1]s: files: %[2]d", "%[1]s：%[2]d 个文件"},
	"remote.doctor.passed": {"%[1]s: files passed over for their names: %[2]d (names are UTF-8, without .. and without control characters)", "%[1]s：因文件名不合规而跳过 %[2]d 个文件（名称须为 UTF-8，不含 .. 和控制字符）"},
	"remote.doctor.reads":  {"%[1]s can be read; tables: %[2]d", "%[1]s 可以读取；表：%[2]d 个"},
}
