package text

var runMessages = map[Key]Message{
	"pipeline.slot":               {"slot %[1]q cannot name a batch", "批次名称 %[1]q 有误"},
	"pipeline.slot.hint":          {"letters, digits and @ : - _ . + only, for example nightly@2026-01-05T22:00", "只能使用英文字母、数字和 @ : - _ . +，例如 nightly@2026-01-05T22:00"},
	"command.run.inconsistent":    {"warning: the parts of %[1]s did not see one moment of the source; rows that changed meanwhile may be there twice or missing", "警告：%[1]s 各分片未取自来源的同一时刻，其间变动的记录可能重复或缺失"},
	"command.outcome.withdrawn":   {"withdrawn", "已撤销"},
	"catalog.check.pipeline.name": {"pipeline %[1]q: a name begins with a small letter a–z and goes on with a–z, digits, _ and -", "归集任务名称 %[1]q 有误：须以小写英文字母开头，仅可包含小写英文字母、数字、下划线和连字符"},
	"catalog.check.lookup.copy":   {"lookup_key names %[1]s, which is a copy and no column of the standard table", "lookup_key 中的%[1]s 为比对用副本，不在标准数据表中"},
}
