package text

// ordersMessages are those of work orders (整改事项).
var ordersMessages = map[Key]Message{
	"orders.status.pending":     {"to be mended", "待整改"},
	"orders.status.in_progress": {"being mended", "整改中"},
	"orders.status.to_verify":   {"to be verified", "待复核"},
	"orders.status.closed":      {"closed", "已销号"},
	"orders.status.exempt":      {"exempt (approved)", "不予整改"},
	"orders.status.returned":    {"found again", "问题再次出现"},
	"orders.status.gone":        {"record deleted", "记录已删除"},
	"orders.status.ended":       {"rule withdrawn", "规则已停用"},

	"orders.because.rule_changed":   {"the rule was changed; what passes the new one is no fix", "规则已调整，按新规则通过不作为已整改"},
	"orders.because.not_evaluated":  {"the rule was not evaluated in this run", "本期未核查该规则"},
	"orders.because.unreadable":     {"the record was not found, and this run had rows it could not read", "本期有无法读取的记录，未能确认该记录是否仍在"},
	"orders.because.gate":           {"the record was not found, but the gate was shut", "本期数据未通过闸门，未能确认该记录是否仍在"},
	"orders.because.partial":        {"the record was not found, but only a sample was read", "本期仅抽样读取，未能确认该记录是否仍在"},
	"orders.because.rule_withdrawn": {"the rule was withdrawn; no fix", "规则已停用，不作为已整改"},
	"orders.because.rekeyed":        {"the resource's key was changed; no fix", "信息资源的主键已变更，不作为已整改"},

	"orders.act.unknown":      {"%[1]s is nothing that is done about a work order", "整改事项没有“%[1]s”这种操作"},
	"orders.act.to":           {"say which office is to mend it", "请注明承办处室"},
	"orders.act.reason":       {"a reason is needed", "请说明理由"},
	"orders.act.approver":     {"say who approved it (an office or post)", "请注明批准人（单位或职务）"},
	"orders.act.until":        {"%[1]q is no date: 2026-12-31 is one", "“%[1]s”不是日期，请按 2026-12-31 的形式填写"},
	"orders.act.past":         {"the exemption would have ended on %[1]s already", "不予整改的有效期 %[1]s 早于今天"},
	"orders.act.requested":    {"an exemption of %[1]s was asked for on %[2]s already and waits for its answer", "问题 %[1]s 已于 %[2]s 申请不予整改，尚待答复"},
	"orders.act.no_request":   {"nobody has asked for an exemption of %[1]s", "问题 %[1]s 没有待答复的不予整改申请"},
	"orders.act.no_exemption": {"%[1]s is not exempt", "问题 %[1]s 当前并非不予整改"},
}
