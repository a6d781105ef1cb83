package text

// linkMessages are about who is one subject: keys, and stewards' decisions.
var linkMessages = map[Key]Message{
	// the run's summary
	"command.run.problems":                   {"entity %[1]s: %[2]s (entity/%[1]s/problems)", "主体 %[1]s：%[2]s（见 entity/%[1]s/problems）"},
	"command.run.problem.and":                {"; ", "；"},
	"command.run.problem.invalid_key":        {"%[1]s records with an invalid key, linked to nobody", "标识无效、未关联的记录 %[1]s 条"},
	"command.run.problem.invalid_route":      {"%[1]s records with another key that is invalid and ties nothing", "其他标识无效、未据以关联的记录 %[1]s 条"},
	"command.run.problem.value_unfit":        {"%[1]s fallback values that do not fit the element's type and are not used", "备用值与数据元类型不符、未予采用 %[1]s 处"},
	"command.run.problem.shared_key":         {"%[1]s records of several subjects with one key, linked to nobody", "一号多主体、未关联的记录 %[1]s 条"},
	"command.run.problem.ambiguous_route":    {"%[1]s records whose number stands for several keys", "号码对应多个主标识的记录 %[1]s 条"},
	"command.run.problem.many_records":       {"%[1]s keys with very many records in one source", "同一来源中记录过多的标识 %[1]s 个"},
	"command.run.problem.excluded":           {"%[1]s left out by decision", "按决定剔除 %[1]s 项"},
	"command.run.problem.decision_unmatched": {"%[1]s decisions name what is not there", "决定所指对象不存在 %[1]s 处"},
	"command.run.problem.decision_conflict":  {"%[1]s decisions contradict each other and link nothing", "决定相互矛盾、未予关联 %[1]s 处"},
	"command.run.events":                     {"entity %[1]s, golden ids: %[2]s (entity/%[1]s/events)", "主体 %[1]s 的标识变更：%[2]s（见 entity/%[1]s/events）"},
	"command.run.event.merged":               {"%[1]s merged", "并入其他主体 %[1]s"},
	"command.run.event.split":                {"%[1]s split", "拆分 %[1]s"},
	"command.run.event.left":                 {"%[1]s left", "不再有记录 %[1]s"},
	"command.run.event.returned":             {"%[1]s returned", "恢复 %[1]s"},
	"command.run.event.rekeyed":              {"%[1]s have another key", "更换主标识 %[1]s"},
	"command.run.event.formed":               {"%[1]s formed anew", "另立标识 %[1]s"},

	// the report
	"report.link.invalid_route":    {"another of its ids is invalid: it ties nothing", "另一标识无效，未据以关联"},
	"report.link.invalid_route.do": {"Check that id against the document and mend it.", "请对照证件核实并更正该标识。"},
	"report.link.value_unfit":      {"the value does not fit the element's type: it is not used", "取值与数据元类型不符，未予采用"},
	"report.link.value_unfit.do":   {"Check the value, and the type this item is catalogued with.", "请核实该值，以及该信息项在目录中登记的类型。"},

	// violations: entities.yaml
	"catalog.check.route.key":         {"entity %[1]s: routes speaks of %[2]q, which is none of its keys", "实体 %[1]s：routes 中的 %[2]q 不是该实体的标识数据元（keys）"},
	"catalog.check.route.twice":       {"entity %[1]s: routes speaks of key %[2]s twice", "实体 %[1]s：routes 中标识 %[2]s 重复"},
	"catalog.check.route.nothing":     {"key %[1]s: a route says the form, a mapping, or both", "标识 %[1]s：routes 应写明 form（书写形式）或 mapping（对照表）"},
	"catalog.check.route.first":       {"entity %[1]s: %[2]s is the first key, which others are mapped to; it has no mapping itself", "实体 %[1]s：%[2]s 为首位标识，其他标识对照到它，它本身不设 mapping"},
	"catalog.check.route.within":      {"key %[1]s: an organisation code stands within a credit code: give a key before it the form credit_code", "标识 %[1]s：组织机构代码取自统一社会信用代码，其前面须有 form 为 credit_code 的标识"},
	"catalog.check.route.distinguish": {"entity %[1]s: distinguish names %[2]q, which is no element of it beside its keys", "实体 %[1]s：distinguish 中的 %[2]q 不是该实体除标识以外的数据元"},
	"catalog.check.route.many":        {"entity %[1]s: many_records is below 0", "实体 %[1]s：many_records 不能为负数"},
	"catalog.check.route.mapping":     {"key %[1]s: a mapping is either codes, or resource with from and to", "标识 %[1]s：mapping 应写 codes，或写 resource 及 from、to，二者选一"},
	"catalog.check.route.codes":       {"key %[1]s: there is no code table codes/%[2]s.csv", "标识 %[1]s：没有代码表 codes/%[2]s.csv"},
	"catalog.check.route.resource":    {"key %[1]s: the mapping's resource %[2]q is not in the catalogue", "标识 %[1]s：对照表资源 %[2]q 不在目录中"},
	"catalog.check.route.item":        {"key %[1]s: resource %[2]s has no item %[3]q in its clean table", "标识 %[1]s：资源 %[2]s 的标准表中没有信息项 %[3]q"},

	// violations: decisions/links.yaml
	"catalog.check.link.id":            {"a decision has no id, or one that is taken: %[1]q", "决定缺少编号（id），或编号重复：%[1]q"},
	"catalog.check.link.missing":       {"decision %[1]s: %[2]s is missing", "决定 %[1]s：缺少 %[2]s"},
	"catalog.check.link.dates":         {"decision %[1]s: from %[2]q until %[3]q: dates as 2026-11-01, in this order", "决定 %[1]s：起止日期（%[2]q 至 %[3]q）有误，应为 2026-11-01 形式，且先后有序"},
	"catalog.check.link.one":           {"decision %[1]s: write exactly one of must_link, cannot_link, exclude", "决定 %[1]s：must_link（应合并）、cannot_link（不得合并）、exclude（剔除）须且只能写一种"},
	"catalog.check.link.two":           {"decision %[1]s, %[2]s: must_link names two or more, cannot_link two", "决定 %[1]s 的 %[2]s：must_link 至少列两项，cannot_link 列两项"},
	"catalog.check.link.form":          {"decision %[1]s, %[2]s: name resource and record, or entity_key; exclude names a resource, with or without record", "决定 %[1]s 的 %[2]s：应写 resource 和 record，或写 entity_key；exclude 写 resource，可加 record"},
	"catalog.check.link.resource":      {"decision %[1]s: resource %[2]q is not in the catalogue", "决定 %[1]s：资源 %[2]q 不在目录中"},
	"catalog.check.link.speaks":        {"decision %[1]s: resource %[2]s does not speak of entity %[3]s; a subject with a role is written department/name#role", "决定 %[1]s：资源 %[2]s 不描述实体 %[3]s；有角色的主体写作 部门/名称#角色"},
	"catalog.check.link.record":        {"decision %[1]s: a record of %[2]s is named by %[3]d value(s), those of its key columns in order", "决定 %[1]s：资源 %[2]s 的记录由 %[3]d 个值标识，依主键各列的顺序填写"},
	"catalog.check.link.contradiction": {"decision %[1]s forbids what decisions %[2]s demand: both are named as one subject", "决定 %[1]s 与决定 %[2]s 相互矛盾：一方要求合并，一方不得合并"},
	"catalog.check.link.excluded":      {"decision %[1]s leaves out a record that decisions %[2]s link", "决定 %[1]s 剔除的记录，又被决定 %[2]s 要求合并"},
}
