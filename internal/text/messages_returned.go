package text

// returnedMessages are those of work lists that come back filled in.
var returnedMessages = map[Key]Message{
	"orders.import": {"take back a work list that a department filled in", "导入部门填报后的问题整改清单"},
	"orders.import.long": {
		"Takes back one or more files of a department's work list: the state, the note, requests not to mend and objections. " +
			"“Mended” waits for the next run to verify it; a request waits for its approval; an objection to a value that has an authority opens a dispute, " +
			"any other is kept for the bureau. All rows that can be taken over are, in one transaction; the others are listed with their place and what to do, and " +
			"the command ends with 4. The same files are taken over once.",
		"导入部门填报的问题整改清单（可一次导入同一清单的多个文件）：整改状态、整改说明、申请不予整改、数据异议。" +
			"填“已整改”的待下次归集复核；申请不予整改的待审批；对有权威来源的数据提出异议的，自动登记为数据异议，其他异议留存供大数据局核实。" +
			"能够导入的行一次性全部导入；不能导入的逐行列出位置和处理办法，退出码为 4。同一文件不重复导入。"},
	"orders.import.by":       {"the department whose list it is; default: the list's title, or its numbers", "清单所属部门，默认按清单标题或问题编号判断"},
	"orders.findings.same":   {"%[1]s is itself a list to be imported: name another file", "%[1]s 就是要导入的清单，请另指定文件"},
	"orders.import.findings": {"write the rows that are not taken over to this workbook, to send back", "将未能导入的行另存为此 xlsx 文件，便于退回部门更正"},
	"orders.import.dry":      {"only show what would be taken over", "仅检查，不导入"},

	"orders.import.read":       {"%[1]s, the list of %[2]s: %[3]d problems, %[4]d without an answer", "%[1]s（%[2]s）：共%[3]d条问题，其中未填报%[4]d条"},
	"orders.import.done":       {"%[1]d said to be mended: the next run verifies them", "已整改%[1]d条，待下次归集复核"},
	"orders.import.started":    {"%[1]d being mended", "整改中%[1]d条"},
	"orders.import.noted":      {"%[1]d notes", "补充说明%[1]d条"},
	"orders.import.requested":  {"%[1]d requests not to mend: they wait for approval (guiji orders exempt)", "申请不予整改%[1]d条，待审批（guiji orders exempt）"},
	"orders.import.disputes":   {"%[1]d objections open a dispute", "登记数据异议%[1]d件"},
	"orders.import.objections": {"%[1]d objections to a rule or a finding are kept for the bureau (guiji orders list --waiting)", "对规则或认定的异议%[1]d条，留待大数据局核实（guiji orders list --waiting）"},
	"orders.import.unchanged":  {"%[1]d say what is known already", "与已登记情况一致、无需更新%[1]d条"},
	"orders.import.settled":    {"%[1]d were closed meanwhile, or their record or rule is gone", "已销号、已终止或记录已删除，无需登记%[1]d条"},
	"orders.import.skipped":    {"%[1]d disagreements without an objection: the next run compares the values itself", "跨部门不一致未提异议%[1]d条，下次归集自动比对，无需登记"},
	"orders.import.older":      {"the list was made of release v%[1]d, the newest is v%[2]d", "本清单依据数据版本 v%[1]d 编制，当前版本为 v%[2]d"},
	"orders.import.refused":    {"%[1]d rows were not taken over:", "有%[1]d行未能导入："},
	"orders.import.more":       {"  … and %[1]d more (--json lists all)", "  ……另有%[1]d行（用 --json 查看全部）"},
	"orders.import.written":    {"written to %[1]s, to send back", "以上各行及处理办法已写入 %[1]s，可退回部门更正"},
	"orders.import.dropped":    {"Every row could be taken over: %[1]s of an earlier import was removed", "没有未能导入的行，%[1]s 为此前导入所留，已删除"},
	"orders.import.kept":       {"Every row could be taken over: nothing was written to %[1]s, which is no workbook of guiji's and stays as it is", "没有未能导入的行，未写入 %[1]s；该文件并非系统所写，未作改动"},
	"orders.findings.remove":   {"%[1]s of an earlier import cannot be removed", "无法删除此前导入所留的 %[1]s"},
	"orders.import.dried":      {"Nothing was taken over: --dry-run.", "仅作检查，未导入（--dry-run）。"},
	"orders.import.nothing":    {"Nothing to take over.", "没有需要导入的内容。"},
	"orders.import.before":     {"%[1]s: taken over already on %[2]s; nothing was changed", "%[1]s 已于 %[2]s 导入，本次未作任何变更"},

	"orders.findings.sheet":  {"not taken over", "未能导入的行"},
	"orders.findings.file":   {"file", "文件"},
	"orders.findings.in":     {"sheet", "工作表"},
	"orders.findings.cell":   {"cell", "单元格"},
	"orders.findings.number": {"problem no.", "问题编号"},
	"orders.findings.reason": {"what to do", "原因和处理办法"},

	"returned.taken":        {"this list was taken over already", "该清单已导入"},
	"returned.no_list":      {"%[1]s: no sheet has the columns %[2]q and %[3]q of a work list in its first rows", "%[1]s：没有工作表的前几行含有整改清单的“%[2]s”“%[3]s”等列"},
	"returned.no_list.hint": {"return the work list that was sent, with its header as it was", "请使用下发的问题整改清单填报，不要改动表头"},
	"returned.missing":      {"%[1]s, sheet %[2]q: the header in row %[3]d lacks: %[4]s", "%[1]s 的工作表“%[2]s”：第 %[3]d 行表头缺少列：%[4]s"},
	"returned.missing.hint": {"put the columns back with the names they were sent with; their order does not matter", "请恢复下发时的列名；列的顺序不限"},
	"returned.twice":        {"%[1]s, sheet %[2]q: in the header in row %[3]d the column %[4]q stands twice", "%[1]s 的工作表“%[2]s”：第 %[3]d 行表头中“%[4]s”列出现了两次"},
	"returned.twice.hint":   {"keep one of the two", "请只保留其中一列"},
	"returned.owners":       {"the files are lists of several departments: %[1]s", "这些文件是多个部门的清单：%[1]s"},
	"returned.owners.hint":  {"take each department's list over by itself", "请分部门导入"},
	"returned.not_theirs":   {"it is the list of %[1]s, not of %[2]s", "这是%[1]s的清单，不是%[2]s的"},
	"returned.mixed":        {"the list has numbers of several departments: %[1]s", "清单中有多个部门的问题编号：%[1]s"},
	"returned.mixed.hint":   {"say whose list it is with --by", "请用 --by 指定清单所属部门"},
	"returned.whose":        {"nothing tells whose list it is: its title is gone, and no work order has any of its numbers", "无法判断清单所属部门：清单标题已被删除，且其中的问题编号均不存在"},
	"returned.formula":      {"the cell holds a formula: paste the value in its place", "单元格中是公式，请改为直接填写内容"},
	"returned.error_cell":   {"the cell holds an error value: write the answer", "单元格是错误值，请重新填写"},
	"returned.merged":       {"cells are merged: unmerge them and fill in each row", "单元格被合并，请取消合并后逐行填写"},
	"returned.number":       {"%[1]s is missing or damaged: copy it from the list that was sent", "“%[1]s”缺失或已损坏，请从下发的清单中复制"},
	"returned.state":        {"%[1]s is none of the words to choose from: pick 已整改, 整改中, 申请不予整改 or 提出数据异议", "“%[1]s”填写的内容无法识别，请选择：已整改、整改中、申请不予整改、提出数据异议"},
	"returned.long":         {"%[1]s is longer than %[2]d characters: shorten it, and send the rest as a letter", "“%[1]s”超过%[2]d字，请精简，详细材料另行报送"},
	"returned.reason":       {"%[1]s asks for something without a reason: write the reason there", "“%[1]s”未写明理由，请在该列写明理由"},
	"returned.unclear":      {"%[1]s begins with “no” and goes on: leave it empty, or write only the reason", "“%[1]s”以“无”“否”开头又有其他内容，请清空或只写理由"},
	"returned.contradicts":  {"%[1]s says mended, and another column asks not to mend or objects: keep one of the two", "“%[1]s”填写已整改，又申请不予整改或提出异议，请只保留一项"},
	"returned.differs":      {"%[1]s is answered more than once in different ways: keep one answer", "问题编号 %[1]s 出现多次且填报不一致，请只保留一行"},
	"returned.unknown":      {"%[1]s is no work order: it may be miswritten, or closed long ago", "问题编号 %[1]s 不存在，可能填写有误或早已销号"},
	"returned.foreign":      {"%[1]s is not a work order of this department: take the row out", "问题编号 %[1]s 不属于本部门，请删除该行"},
	"returned.requested":    {"%[1]s: a request with another reason waits for its answer already", "问题编号 %[1]s 已有理由不同的不予整改申请待审批"},
	"returned.no_value":     {"the row does not tell which value is meant: copy subject, id and data element from the list that was sent", "无法判断所指的数据，请从下发的清单中复制主体、主体标识和数据元"},
}
