package text

// duplicatesMessages are those of finding entries that hold the same data.
var duplicatesMessages = map[Key]Message{
	"catalog.check.alias.empty": {"element %[1]s: an alias is empty", "数据元 %[1]s：别名为空"},
	"catalog.check.alias.twice": {"alias %[1]s of element %[2]s is a name of element %[3]s too, or written twice; a name stands for one element", "数据元 %[2]s 的别名 %[1]s 与数据元 %[3]s 的名称或别名相同；一个名称只能对应一个数据元"},

	"catalog.check.same.self":           {"%[1]s is set against itself; a and b are two entries", "%[1]s 与自身比较；a、b 应为两个不同的目录条目"},
	"catalog.check.same.twice":          {"%[1]s and %[2]s are decided already at %[3]s; keep one decision of the two", "%[1]s 与 %[2]s 已在 %[3]s 作出处理决定，请只保留一条"},
	"catalog.check.same.outcome":        {"%[1]s and %[2]s: no outcome; want merged or distinct", "%[1]s 与 %[2]s：缺少 outcome，应为 merged（整合）或 distinct（不重复）"},
	"catalog.check.same.stays":          {"%[1]s and %[2]s are merged: stays names the one that stays, one of the two", "%[1]s 与 %[2]s 已决定整合：请在 stays 写明保留其中哪一个"},
	"catalog.check.same.stays.distinct": {"%[1]s and %[2]s are distinct: both stay, leave out stays", "%[1]s 与 %[2]s 不重复：两者都保留，请去掉 stays"},
	"catalog.check.same.because":        {"%[1]s and %[2]s: no reason; because says why they are merged or distinct", "%[1]s 与 %[2]s：未说明理由，请在 because 写明整合或不重复的原因"},
	"catalog.check.same.office":         {"%[1]s and %[2]s: office names the office that decided (no person)", "%[1]s 与 %[2]s：请在 office 写明作出决定的科室（不写个人姓名）"},
	"catalog.check.same.date":           {"%[1]s and %[2]s: %[3]q is no day up to today, as 2026-03-31", "%[1]s 与 %[2]s：date 的 %[3]q 不是今天或以前的日期，应写作 2026-03-31"},
	"catalog.check.same.resource":       {"no entry %[1]s in the catalogue; an entry that was withdrawn keeps its file with status: withdrawn", "目录中没有 %[1]s；已撤销的条目应保留文件，status 写 withdrawn"},
	"catalog.check.same.item":           {"%[1]s has no item %[2]s: taken out since, or misspelt", "%[1]s 没有信息项 %[2]s：可能已去掉，或名称有误"},
	"catalog.check.same.unmerged":       {"decided to merge, and not carried out: %[1]s is to give way to %[2]s but still collects %[3]s; withdraw the entry, take the items out, or make them role: copy", "已决定整合但尚未落实：%[1]s 应并入 %[2]s，仍在归集 %[3]s；请撤销该条目、去掉这些信息项或改为 role: copy"},
}
