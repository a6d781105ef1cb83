package text

var filesMessages = map[Key]Message{
	"files.window":        {"%[1]s is made of files, which cannot be read by a cursor: set mode: full", "%[1]s 为文件，不支持按增量游标读取，请设置 mode: full"},
	"files.no_member":     {"the first lines of %[1]s have no column %[2]q", "%[1]s 的前若干行中没有列 %[2]q"},
	"files.long":          {"%[1]s has a line longer than 64 MiB", "%[1]s 中有超过 64 MiB 的行"},
	"files.no_path":       {"there is no file or folder %[1]s", "文件或文件夹 %[1]s 不存在"},
	"files.put_there":     {"check path in guiji.yaml, or whether the department has delivered", "请检查 guiji.yaml 中的 path，或确认部门是否已交付文件"},
	"files.no_permission": {"%[1]s may not be read by this account", "当前账户无权读取 %[1]s"},
	"files.unreadable":    {"%[1]s cannot be read", "%[1]s 无法读取"},
	"files.outside":       {"table %[1]q lies outside %[2]s", "表 %[1]q 不在 %[2]s 之内"},
	"files.no_table":      {"there is no table %[1]q; there is: %[2]s", "没有表 %[1]q；现有：%[2]s"},
	"files.no_file":       {"%[1]s is not a file", "%[1]s 不是文件"},
	"files.empty_folder":  {"folder %[1]s has no file named like %[2]s", "文件夹 %[1]s 中没有符合 %[2]s 的文件"},
	"files.set_pattern":   {"put the files there, or set pattern", "请放入文件，或修改 pattern"},
	"files.changed":       {"%[1]s changed while it was read", "%[1]s 在读取期间发生了变化"},
	"files.interrupted":   {"reading %[1]s was interrupted", "读取 %[1]s 已中断"},
	"files.wait":          {"run again when the department has finished delivering", "请在部门交付完成后重新运行"},
	"files.glob":          {"%[1]q is no pattern for file names", "%[1]q 不是有效的文件名匹配式"},

	"files.manifest":        {"the release's list of the files of %[1]s that were taken up cannot be read", "发布版本中 %[1]s 的已归集文件清单无法读取"},
	"files.many_taken":      {"table %[1]s has more files than the list in a release can hold: %[2]d", "表 %[1]s 的文件过多，发布版本中的清单容纳不下：%[2]d 个"},
	"files.many_taken.hint": {"have the department put several into one, or divide the folder among tables", "请部门合并文件，或将文件夹拆分为多个表"},
}
