package text

// registerMessages speak of the register of data elements, of collecting once and of
// what is decided in decisions/.
var registerMessages = map[Key]Message{
	"catalog.decisions.stray": {"%[1]s is not read there: decisions are %[2]s", "%[1]s 位置有误：decisions 文件夹中只读取 %[2]s"},

	// collect once: how it is had instead
	"catalog.way.unconditional": {"obtain it from %[1]s, “%[2]s” (entry %[3]s, shared unconditionally), over the city's exchange platform%[4]s", "请通过市政务数据共享交换平台从%[1]s获取《%[2]s》（目录代码 %[3]s，无条件共享类）%[4]s"},
	"catalog.way.conditional":   {"apply to %[1]s over the city's exchange platform for “%[2]s” (entry %[3]s, shared on conditions: %[4]s)%[5]s", "请通过市政务数据共享交换平台向%[1]s申请共享《%[2]s》（目录代码 %[3]s，有条件共享类；共享条件：%[4]s）%[5]s"},
	"catalog.way.withheld":      {"%[1]s does not share “%[2]s” (entry %[3]s): ask it to change the class of sharing, or register this item as a fallback or a copy, with a legal basis of its own and a clean-up date", "%[1]s《%[2]s》（目录代码 %[3]s）为不予共享类：请与该单位商定调整共享类型，或将本项登记为备用信息项或比对副本，注明依据和清理期限"},
	"catalog.way.unknown":       {"turn to %[1]s (%[2]s), whose entry states no class of sharing", "请向%[1]s（%[2]s）咨询，其目录条目未注明共享类型"},
	"catalog.way.reply":         {"; it answers within %[1]d working days", "，提供部门应在%[1]d个工作日内答复"},

	"command.catalog.obtain":       {"instead: %[1]s", "获取方式：%[1]s"},
	"command.plan.refused":         {"not collected: %[1]s. %[2]s", "不予采集：%[1]s。%[2]s"},
	"command.plan.authorised":      {"%[1]s: read by temporary authorisation, into raw alone: %[2]s", "%[1]s：经临时授权读取（只进入 raw 层）：%[2]s"},
	"command.plan.saved":           {"collected once: %[1]d items, %[2]d rows of them are not collected again (rows as of release %[3]s)", "一数一源：共 %[1]d 个信息项、%[2]d 行数据不再重复采集（行数按发布版本 %[3]s 计）"},
	"command.plan.saved.uncounted": {"collected once: %[1]d items are not collected again (their resources have not landed: rows unknown)", "一数一源：共 %[1]d 个信息项不再重复采集（所在资源尚未入库，行数未知）"},

	// violations: the register of data elements
	"catalog.check.survivorship.authority": {"data element %[1]s %[2]s has the authority %[4]s, which its golden value follows: survivorship %[3]s is for elements without one", "数据元 %[1]s %[2]s 已确定数源 %[4]s，应以数源为准；survivorship: %[3]s 只用于未设数源的数据元"},
	"catalog.check.survivorship.reason":    {"data element %[1]s %[2]s: survivorship %[3]s wants a reason: which decision leaves it without an authority", "数据元 %[1]s %[2]s：采用 survivorship: %[3]s 须写明不设数源的理由（reason）"},
	"catalog.check.survivorship.fallback":  {"data element %[1]s: fallbacks have no effect with survivorship %[2]s: there is no authority to stand in for", "数据元 %[1]s：survivorship 为 %[2]s 时没有数源，when_empty 和 fallback 不生效"},
	"catalog.check.replaces.alive":         {"data element %[1]s replaces %[2]s, which is still in the register: take it out, or do not replace it", "数据元 %[1]s 声明替代 %[2]s，但后者仍在登记中；请删去其一"},
	"catalog.check.replaces.twice":         {"data element %[1]s is replaced by two, %[2]s and %[3]s", "数据元 %[1]s 同时被 %[2]s 和 %[3]s 替代"},
	"catalog.check.renamed":                {"data element %[1]s is called %[2]s (%[3]s) now: write the new code", "数据元 %[1]s 已更名为 %[2]s（%[3]s），请改用新代码"},
	"catalog.check.domain.forms":           {"data element %[1]s: a value domain is one of codes, pattern, or min and max", "数据元 %[1]s 的值域只能写一种：codes、pattern，或 min 和 max"},
	"catalog.check.domain.codes":           {"data element %[1]s: there is no code table codes/%[2]s.csv", "数据元 %[1]s：没有代码表 codes/%[2]s.csv"},
	"catalog.check.domain.pattern":         {"data element %[1]s: %[2]q is no pattern (RE2)", "数据元 %[1]s：%[2]q 不是有效的格式表达式（RE2）"},
	"catalog.check.domain.range":           {"data element %[1]s: range %[2]q to %[3]q: limits of the element's type (N, F, Y: numbers; D, T: dates or today), the smaller first", "数据元 %[1]s 的取值范围 %[2]q 至 %[3]q 有误：须写明 type（N、F、Y 用数值，D、T 用日期或 today），且小者在前"},
	"catalog.check.carrier.type":           {"%[1]s is of type %[2]s, its data element %[3]s %[4]s of %[5]s: not every value fits", "%[1]s 的类型为 %[2]s，所属数据元 %[3]s %[4]s 的类型为 %[5]s，其值未必都能容纳"},
	"catalog.check.carrier.domain":         {"%[1]s is checked against another value domain than that of its data element %[2]s %[3]s: %[4]s", "%[1]s 的核查规则与所属数据元 %[2]s %[3]s 的值域（%[4]s）不一致"},
	"catalog.check.carrier.unchecked":      {"%[1]s is not checked against the value domain of its data element %[2]s %[3]s: %[4]s", "%[1]s 未按所属数据元 %[2]s %[3]s 的值域（%[4]s）设置核查规则"},
	"catalog.check.fallback.twice":         {"data element %[1]s: %[2]s is ranked twice among the fallbacks", "数据元 %[1]s：备用信息项 %[2]s 重复列出"},
	"catalog.check.fallback.later":         {"data element %[1]s: fallback %[2]s is its authority from %[3]s on: take it off the fallbacks by then", "数据元 %[1]s：备用信息项 %[2]s 自 %[3]s 起为数源，届时请从备用中删去"},
	"catalog.check.fallback.cycle":         {"data element %[1]s %[2]s: its fallbacks come back to its authority (on %[4]s): %[3]s; either these are one element, or a fallback is wrong", "数据元 %[1]s %[2]s 的备用关系成环（%[4]s）：%[3]s；请合并为同一数据元，或更正备用信息项"},

	// violations: decisions/authorisations.yaml
	"catalog.check.authorisation.id":       {"authorisation id %[1]q is empty or there twice", "临时授权编号 %[1]q 为空或重复"},
	"catalog.check.authorisation.missing":  {"authorisation %[1]s lacks %[2]s", "临时授权 %[1]s 缺少 %[2]s"},
	"catalog.check.authorisation.expires":  {"authorisation %[1]s: expires %[2]q is no date (2006-01-02): it ends some day", "临时授权 %[1]s 的有效期 %[2]q 有误：应写明截止日期，形式为 2026-12-31"},
	"catalog.check.authorisation.over":     {"authorisation %[1]s was over on %[2]s: its columns are not read any more; take it out, or have it renewed", "临时授权 %[1]s 已于 %[2]s 到期，所列字段不再读取；请删去，或重新报批"},
	"catalog.check.authorisation.items":    {"authorisation %[1]s names no columns", "临时授权 %[1]s 未列出字段（items）"},
	"catalog.check.authorisation.resource": {"authorisation %[1]s: there is no resource %[2]q", "临时授权 %[1]s：没有信息资源 %[2]q"},
	"catalog.check.authorisation.name":     {"authorisation %[1]s: column name %[2]q: letters, digits and _, a letter first, no _raw or __from at its end, and once", "临时授权 %[1]s 的字段标识 %[2]q 有误：应以字母开头，由字母、数字和下划线组成，不以 _raw、__from 结尾，且不重复"},
	"catalog.check.authorisation.label":    {"authorisation %[1]s: column %[2]s has no label: what it is called in Chinese", "临时授权 %[1]s 的字段 %[2]s 未写中文名（label）"},
	"catalog.check.authorisation.type":     {"authorisation %[1]s: column %[2]s has no type", "临时授权 %[1]s 的字段 %[2]s 未写类型（type）"},
	"catalog.check.authorisation.inside":   {"authorisation %[1]s: column %[2]s is in the catalogue (%[3]s): an authorisation covers columns outside it only", "临时授权 %[1]s：字段 %[2]s 已在目录《%[3]s》之内，临时授权只适用于目录之外的字段"},
	"catalog.check.authorisation.element":  {"authorisation %[1]s: %[2]s is data element %[3]s, whose authority is %[5]s (%[4]s): an authorisation never lifts the ban on collecting twice", "临时授权 %[1]s：%[2]s 即数据元 %[3]s，数源部门为%[5]s（%[4]s）；临时授权不得用于重复采集"},
}
