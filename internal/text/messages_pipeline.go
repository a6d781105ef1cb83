package text

var pipelineMessages = map[Key]Message{
	"pipeline.unknown":          {"there is no pipeline %[1]q", "没有名为 %[1]q 的任务"},
	"pipeline.unknown.hint":     {"pipelines are listed in guiji.yaml", "任务在 guiji.yaml 的 pipelines 中定义"},
	"pipeline.nothing":          {"pipeline %[1]q has no published resource to run", "任务 %[1]q 中没有可运行的已发布信息资源"},
	"pipeline.nothing.hint":     {"check its resources in guiji.yaml and the status of the catalogue entries", "请检查 guiji.yaml 中该任务的 resources 以及目录条目的 status"},
	"pipeline.no_resource":      {"no pipeline holds a resource %[1]q", "没有任务包含信息资源 %[1]q"},
	"pipeline.no_resource.hint": {"name it department/name, as its file in catalog/ is named; guiji plan lists all", "请按“部门/名称”填写（与 catalog/ 下的文件名一致）；guiji plan 可列出全部"},
	"pipeline.panic":            {"a defect in guiji", "程序内部错误"},
	"pipeline.key_refused":      {"%[1]s: its key item %[2]s may not be collected; its authority is %[3]s", "%[1]s：主键信息项 %[2]s 不得采集，其数源为 %[3]s"},
	"pipeline.key_refused.hint": {"declare another key, or mark the item role: copy", "请改用其他主键，或将该信息项标注为 role: copy"},
	"pipeline.gate":             {"the gate of %[1]s is shut: %[2]s", "%[1]s 未通过质量闸门：%[2]s"},
	"pipeline.gate.hint":        {"its last good data stays; the repair list is in the report", "继续提供上一次合格的数据；问题清单见质量报告"},
	"pipeline.gate.blocked":     {"failures of blocking rules: %[1]s", "阻断性规则出现问题：%[1]s"},
	"pipeline.gate.empty":       {"connection %[1]s, table %[2]s: no rows at the source (set gate.allow_empty if that is right)", "连接 %[1]s 的表 %[2]s 没有任何数据（如确属正常，请设置 gate.allow_empty）"},
	"pipeline.gate.rate":        {"%[1]d of %[2]d rows have errors, %.2[3]f%% (limit %.2[4]f%%)", "%[2]d 条中有 %[1]d 条存在错误，占 %.2[3]f%%（上限 %.2[4]f%%）"},
	"pipeline.scratch":          {"make a scratch folder under %[1]q", "无法在 %[1]q 下建立临时目录"},
	"pipeline.scratch.hint":     {"set defaults.scratch in guiji.yaml to a folder that can be written", "请将 guiji.yaml 中 defaults.scratch 设为可写目录"},
	"pipeline.interrupted":      {"interrupted; nothing was committed beyond what the run's record says", "已中断；除运行记录所列外未提交任何数据"},
	"pipeline.rebases":          {"other runs committed first %[1]d times", "其他运行连续 %[1]d 次抢先提交"},
	"pipeline.overtaken":        {"%[1]s was landed by another run, in release %[2]d", "%[1]s 已由另一次运行写入第 %[2]d 版"},
	"pipeline.cron":             {"pipeline %[1]s: cron %[2]q", "任务 %[1]s 的定时表达式 %[2]q 有误"},
}
