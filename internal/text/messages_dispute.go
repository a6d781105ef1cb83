package text

var disputeMessages = map[Key]Message{
	"catalog.check.copied": {
		"%[1]s is said to be taken over from %[2]s, which is no item of the same data element",
		"%[1]s 注明复制自 %[2]s，但该处没有同一数据元的信息项"},
	"catalog.check.copied.ring": {
		"%[1]s is in the end taken over from itself (copied_from)",
		"%[1]s 的 copied_from 最终指回自身"},
	"command.run.doubts": {
		"entity %[1]s: %[2]s values of authorities are doubtful, other departments agree on another value (%[3]s)",
		"主体 %[1]s：数源取值存疑%[2]s条，其他部门的值互相一致而与数源不同（%[3]s）"},

	"state.full":         {"the disk of the state folder %[1]s is full", "状态目录 %[1]s 所在磁盘已满"},
	"state.busy":         {"the state in %[1]s is held by another process", "状态目录 %[1]s 正被其他进程占用"},
	"state.damaged":      {"%[1]s is damaged", "%[1]s 已损坏"},
	"state.damaged.hint": {"put back the copy that a backup or the store has of it", "请用备份或存储中的副本恢复"},
	"state.rights":       {"the state in %[1]s cannot be written", "状态目录 %[1]s 无法写入"},
	"state.folder":       {"%[1]s is no folder", "%[1]s 不是目录"},
	"state.newer":        {"the state in %[1]s was written by a later version of guiji", "状态目录 %[1]s 由更高版本的 guiji 写成"},
	"state.newer.hint":   {"use that version", "请使用该版本"},

	"dispute.none":           {"there is no dispute %[1]q", "没有编号为 %[1]q 的数据异议"},
	"dispute.none.hint":      {"guiji dispute list shows them", "可用 guiji dispute list 查看"},
	"dispute.filed":          {"the department has filed this already: %[1]s", "该部门已就此提出异议：%[1]s"},
	"dispute.reason":         {"a reason is missing (--reason)", "缺少理由（--reason）"},
	"dispute.twice.accept":   {"%[1]s was accepted on %[2]s", "%[1]s 已于 %[2]s 受理"},
	"dispute.twice.mark":     {"%[1]s was marked on %[2]s", "%[1]s 已于 %[2]s 标注"},
	"dispute.twice.handle":   {"%[1]s was settled on %[2]s", "%[1]s 已于 %[2]s 核实处理"},
	"dispute.twice.lift":     {"the mark of %[1]s was lifted on %[2]s", "%[1]s 已于 %[2]s 撤销标注"},
	"dispute.order.accept":   {"%[1]s cannot be accepted now", "%[1]s 当前不能受理"},
	"dispute.order.mark":     {"%[1]s cannot be marked now", "%[1]s 当前不能标注"},
	"dispute.order.handle":   {"%[1]s cannot be settled like this now", "%[1]s 当前不能作此处理"},
	"dispute.order.lift":     {"%[1]s has no mark that can be lifted now", "%[1]s 当前不能撤销标注"},
	"dispute.order.withdraw": {"%[1]s cannot be withdrawn any more", "%[1]s 已不能撤回"},
	"dispute.next.filed":     {"it is filed: accept it, or settle it as rejected", "当前状态：已提出。请先受理，或作不予支持处理"},
	"dispute.next.accepted":  {"it is accepted: mark it first", "当前状态：已受理。请先标注"},
	"dispute.next.marked":    {"it is marked: settle it first (handle --outcome upheld or rejected)", "当前状态：已标注。请先核实处理（handle --outcome upheld 或 rejected）"},
	"dispute.next.handled":   {"it is settled: lift its mark", "当前状态：已核实处理。请撤销标注"},
	"dispute.next.closed":    {"it is closed; file a new one", "当前状态：已办结。如仍有异议，请重新提出"},
}
