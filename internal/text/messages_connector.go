package text

var connectorMessages = map[Key]Message{
	"hours.outside":               {"%[1]s may be read %[2]s only", "%[1]s 仅允许在 %[2]s 读取"},
	"hours.outside.hint":          {"run within the window, or agree on another with the department and change window in guiji.yaml", "请在允许时段内运行；如需调整，请与该部门商定后修改 guiji.yaml 中的 window"},
	"hours.over":                  {"%[1]s may be read %[2]s only, and that time is over: reading was ended", "%[1]s 仅允许在 %[2]s 读取，时段已结束，读取已中止"},
	"hours.over.hint":             {"the next run takes up what is missing; begin earlier, read by a cursor, or agree on a longer window with the department", "未完成的部分由下次运行补齐；可提前开始、改为增量归集，或与该部门商定更长时段"},
	"command.plan.sources":        {"what the sources can do, at most:", "各来源的能力（上限）："},
	"command.col.connection":      {"connection", "连接"},
	"command.col.connector":       {"connector", "连接器"},
	"command.ability.cursor":      {"increments", "增量"},
	"command.ability.deletes":     {"deletes found", "识别删除"},
	"command.ability.new_files":   {"new files", "仅取新文件"},
	"command.ability.parts":       {"in parts", "分片并行"},
	"command.ability.snapshot":    {"one moment", "一致快照"},
	"command.ability.resume":      {"taken up again", "断点续取"},
	"command.ability.places":      {"row's place", "定位到行"},
	"command.ability.statistics":  {"row estimate", "估计行数"},
	"command.doctor.cursor.index": {"%[1]s: no index of %[2]s begins with the cursor %[3]s, so each increment reads the whole table: ask for an index, or read it in full", "%[1]s：表 %[2]s 没有以游标字段 %[3]s 开头的索引，每次增量都会扫描全表，请申请建立索引或改为全量归集"},
	"command.doctor.cursor.nulls": {"%[1]s: the cursor %[3]s of %[2]s may be NULL; rows without it are read again each time", "%[1]s：表 %[2]s 的游标字段 %[3]s 允许为空，空值记录每次都会重新读取"},
	"command.doctor.key":          {"%[1]s: the source keeps %[3]s unique in %[2]s, not the entry's key; where two rows share it, an increment may see one of them only: make %[3]s the key, or set source.delete_detection", "%[1]s：来源表 %[2]s 以 %[3]s 为唯一键，与目录条目的主键不一致；多条记录共用主键时，增量可能只读到其中一条。请改用 %[3]s 作主键，或启用 source.delete_detection"},
	"command.doctor.cursor.none":  {"%[1]s: %[2]s has no column %[3]s, which the entry names as its cursor", "%[1]s：表 %[2]s 中没有目录条目所指定的游标字段 %[3]s"},
}
