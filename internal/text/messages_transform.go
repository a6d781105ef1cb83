package text

var transformMessages = map[Key]Message{
	"standardize.not_number":        {"is not a number", "不是数值"},
	"standardize.too_many_decimals": {"has more decimals than the catalogue allows", "小数位数超过目录规定"},
	"standardize.too_large":         {"has more digits than the catalogue allows", "数值超过目录规定的位数"},
	"standardize.not_date":          {"is not a date", "不是日期"},
	"standardize.not_time":          {"is not a date with a time", "不是日期时间"},
	"standardize.no_such_date":      {"is a date or time that does not exist", "日期或时间不存在"},
	"standardize.zero_date":         {"is a zero or incomplete date", "日期为零值或不完整"},
	"standardize.too_long":          {"is longer than the catalogue allows", "长度超过目录规定"},
	"standardize.not_text":          {"holds bytes that are no text", "含有无法识别为文字的字节"},
	"standardize.null_key":          {"the key is empty", "主键为空"},

	"standardize.no_column":    {"%[1]s, item %[2]s: the source has no column %[3]s", "%[1]s 信息项 %[2]s：来源中没有字段 %[3]s"},
	"standardize.type_changed": {"%[1]s, item %[2]s: the source's column %[3]s is of type %[4]s, which cannot become %[5]s", "%[1]s 信息项 %[2]s：来源字段 %[3]s 的类型为 %[4]s，无法转换为 %[5]s"},
	"standardize.change_type":  {"if the source's column was changed, update the item's type in the catalogue entry", "如来源字段已变更，请更新目录中该信息项的类型"},
	"standardize.key_missing":  {"%[1]s: the key item %[2]s is not collected", "%[1]s：主键信息项 %[2]s 未归集"},
	"standardize.unknown_step": {"item %[1]s: there is no step %[2]s; the steps are %[3]s", "信息项 %[1]s：没有标准化步骤 %[2]s；可用步骤：%[3]s"},
	"standardize.step_type":    {"item %[1]s: step %[2]s does not apply to type %[3]s", "信息项 %[1]s：标准化步骤 %[2]s 不适用于类型 %[3]s"},
	"standardize.step_param":   {"item %[1]s: step %[2]s does not take %[3]q", "信息项 %[1]s：标准化步骤 %[2]s 不接受参数 %[3]q"},
	"standardize.no_codes":     {"item %[1]s: there is no code table %[2]q", "信息项 %[1]s：没有代码表 %[2]q"},
	"standardize.add_codes":    {"add codes/%[1]s.csv or name another table", "请添加 codes/%[1]s.csv，或改用其他代码表"},
	"standardize.batch":        {"%[1]s: a batch differs from the columns planned for", "%[1]s：读取到的批次与计划的字段不一致"},
}
