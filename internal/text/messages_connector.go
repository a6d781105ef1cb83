package text

var connectorMessages = map[Key]Message{
	"command.doctor.cursor.index": {"%[1]s: no index of %[2]s begins with the cursor %[3]s, so each increment reads the whole table: ask for an index, or read it in full", "%[1]s：表 %[2]s 没有以游标字段 %[3]s 开头的索引，每次增量都会扫描全表，请申请建立索引或改为全量归集"},
	"command.doctor.cursor.nulls": {"%[1]s: the cursor %[3]s of %[2]s may be NULL; rows without it are read again each time", "%[1]s：表 %[2]s 的游标字段 %[3]s 允许为空，空值记录每次都会重新读取"},
	"command.doctor.cursor.none":  {"%[1]s: %[2]s has no column %[3]s, which the entry names as its cursor", "%[1]s：表 %[2]s 中没有目录条目所指定的游标字段 %[3]s"},
}
