package text

var resilienceMessages = map[Key]Message{
	"pipeline.drift":               {"%[1]s is not collected: %[2]s", "%[1]s 已暂停归集：%[2]s"},
	"pipeline.drift.and":           {"; ", "；"},
	"pipeline.drift.hint":          {"its last good data stays; mend the source, or bring catalog/%[1]s.yaml up to date and raise its version", "继续提供上一次合格的数据；请恢复源表，或更新目录条目 catalog/%[1]s.yaml 并提高其 version"},
	"pipeline.columns_changed":     {"%[1]s: the columns of its table changed while it was read", "%[1]s：读取过程中源表字段发生变化"},
	"pipeline.task.column_new":     {"column %[1]s (%[2]s) is new at the source and not collected", "源表新增字段 %[1]s（%[2]s），未予归集"},
	"pipeline.task.column_missing": {"column %[1]s is missing at the source", "源表缺少字段 %[1]s"},
	"pipeline.task.column_retyped": {"column %[1]s was %[2]s and is %[3]s", "字段 %[1]s 的类型由 %[2]s 变为 %[3]s"},
	"pipeline.task.table_missing":  {"table %[1]s is missing at the source", "来源中没有表 %[1]s"},
}
