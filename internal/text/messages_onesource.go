package text

var onesourceMessages = map[Key]Message{
	"onesource.rule_item": {
		"%[1]s: the rule %[2]s uses item %[3]s, which is not collected",
		"%[1]s：规则 %[2]s 使用的信息项 %[3]s 未被归集"},
	"onesource.rule_item.hint": {
		"name another item in the rule, or let the item be collected",
		"请在规则中改用其他信息项，或将该信息项纳入归集"},
	"onesource.kept": {
		"entity %[1]s stays as it was: %[2]s",
		"主体 %[1]s 未能重新生成，沿用上一版：%[2]s"},
	"onesource.outdated": {
		"entity %[1]s: the catalogue says otherwise of items that have not landed since, they are taken as stored: %[2]s",
		"主体 %[1]s：下列信息项的目录定义已变更，尚未重新归集，暂按原存储数据取用：%[2]s"},
	"onesource.held_back": {
		"data element %[1]s %[2]s has no registered authority on %[3]s: its value is held back",
		"数据元 %[1]s %[2]s 在 %[3]s 未登记权威来源部门，其取值暂不采用"},
	"onesource.held_back.hint": {
		"register authority: for it in elements.yaml",
		"请在 elements.yaml 中登记该数据元的 authority（权威来源）"},
}
