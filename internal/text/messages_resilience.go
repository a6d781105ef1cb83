package text

var resilienceMessages = map[Key]Message{
	"pipeline.drift":                {"%[1]s is not collected: %[2]s", "%[1]s 已暂停归集：%[2]s"},
	"pipeline.drift.and":            {"; ", "；"},
	"pipeline.drift.hint":           {"its last good data stays; mend the source, or bring catalog/%[1]s.yaml up to date and raise its version", "继续提供上一次合格的数据；请恢复源表，或更新目录条目 catalog/%[1]s.yaml 并提高其 version"},
	"pipeline.slow":                 {"%[1]s: its source gave %.1[2]f rows a second over %[4]s, less than min_rate %[3]d", "%[1]s：来源在 %[4]s 内平均每秒仅返回 %.1[2]f 条，低于 min_rate 设定的 %[3]d 条"},
	"pipeline.slow.hint":            {"look at the load of the source and the network between; lower the pipeline's min_rate if this is its usual pace", "请检查来源负载和网络；如属正常速度，请调低该任务的 min_rate"},
	"pipeline.deadline":             {"%[1]s was not read within the pipeline's deadline of %[2]s", "%[1]s 未能在任务时限 %[2]s 内读取完毕"},
	"pipeline.deadline.hint":        {"what was read in time has landed; give the pipeline a later deadline, or more parts to its slow resources", "按时读完的资源已入库；请放宽该任务的 deadline，或为较慢的资源增加分片"},
	"pipeline.deadline.run":         {"the run was ended: it took more than twice its deadline of %[1]s", "运行超过时限 %[1]s 的两倍，已终止"},
	"pipeline.interrupted.resource": {"the run was interrupted before this was read whole", "读取完毕前运行被中断"},
	"pipeline.not_landed":           {"not landed: the run ended first", "未入库：运行提前结束"},
	"pipeline.slot_landed":          {"landed already under this slot", "本批次此前已入库"},
	"pipeline.columns_changed":      {"%[1]s: the columns of its table changed while it was read", "%[1]s：读取过程中源表字段发生变化"},
	"pipeline.task.column_new":      {"column %[1]s (%[2]s) is new at the source and not collected", "源表新增字段 %[1]s（%[2]s），未予归集"},
	"pipeline.task.column_missing":  {"column %[1]s is missing at the source", "源表缺少字段 %[1]s"},
	"pipeline.task.column_retyped":  {"column %[1]s was %[2]s and is %[3]s", "字段 %[1]s 的类型由 %[2]s 变为 %[3]s"},
	"pipeline.task.table_missing":   {"table %[1]s is missing at the source", "来源中没有表 %[1]s"},
}
