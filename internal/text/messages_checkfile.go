package text

// checkFileMessages are those of a file checked before it is reported.
var checkFileMessages = map[Key]Message{
	"command.check_file": {"check a file before it is reported: the checks and the report of a run, nothing stored", "上报前自检：按正式核查规则检查待报送的文件，不入库"},
	"command.check_file.long": {
		"Checks FILE (xlsx or csv) as a run would check RESOURCE: the same steps, rules and report, each problem with the row it stands in. " +
			"No release, no state and no copy of the rows is left, and no department's system is asked. References are looked up in the newest release; " +
			"without one they are not evaluated, and that is said.\n\n" +
			"Columns are found by the source's column, the item's name or its Chinese name. Ends with 0 where nothing must be mended, with 3 where something must.",
		"按 RESOURCE 的正式核查规则检查 FILE（xlsx 或 csv），步骤、规则、报告与正式归集相同，并标明每个问题所在的行。" +
			"不产生新版本，不保留任何数据，也不访问部门业务库。引用类规则与最新版本比对；没有已入库版本的不评价，并予说明。\n\n" +
			"按来源字段名、信息项名称或中文名称识别列。没有必须整改的问题时退出码为 0，有则为 3。"},
	"command.check_file.sheet":  {"the sheet, by name or number; default the first", "工作表的名称或序号，默认第一个"},
	"command.check_file.header": {"the line of the column names, from 1; default: found among the first ten", "列名所在的行号（从 1 起），默认在前十行中自动识别"},
	"command.check_file.to":     {"folder for the report; default beside the file", "报告存放的文件夹，默认在文件旁边新建"},

	"check_file.folder": {"-check", "-自检"},
	"check_file.and":    {", ", "、"},
	"check_file.colon":  {": ", "："},
	"check_file.clean": {"%[1]s (%[2]s): %[3]d rows checked, nothing must be mended before it is reported; %[4]d rows have hints, %[5]d records are duplicates.",
		"%[1]s（%[2]s）：共检查%[3]d行，没有必须整改的问题，可以报送；另有提示性问题%[4]d行，重复记录%[5]d条。"},
	"check_file.found": {"%[1]s (%[2]s): %[3]d rows checked, %[4]d must be mended and %[5]d cannot be read; %[6]d more have hints, %[7]d records are duplicates.",
		"%[1]s（%[2]s）：共检查%[3]d行，其中%[4]d行有必须整改的问题，%[5]d行无法读取；另有提示性问题%[6]d行，重复记录%[7]d条。"},
	"check_file.gate":         {"reported like this, a run would hold all of it back: %[1]s", "如照此报送，将因未通过质量闸门整体退回：%[1]s"},
	"check_file.missing":      {"%[1]d items are missing from the file; what judges them was not evaluated: %[2]s", "文件中缺少%[1]d个信息项，涉及这些信息项的规则未评价：%[2]s"},
	"check_file.unmatched":    {"%[1]d columns stand for no item and were not read: %[2]s", "有%[1]d列不在资源目录中，未读取：%[2]s"},
	"check_file.elsewhere":    {"%[1]s need not be reported: %[2]s %[3]s", "%[1]s 无需报送：%[2]s%[3]s"},
	"check_file.skipped":      {"%[1]d rules could not be evaluated, which is no pass:", "有%[1]d条规则未能评价（不等于通过）："},
	"check_file.more":         {"  … and %[1]d more, see the report", "  ……另有%[1]d条，见报告"},
	"check_file.nothing_kept": {"Nothing was stored. The report holds the file's values: pass it to nobody but the department.", "本次自检未入库。报告中含有文件内的数据，仅供本部门使用，请妥善保管。"},

	"check_file.no_release":    {"nothing has been collected yet, so references to other resources were not evaluated", "尚无已入库的版本，对其他资源的引用未评价"},
	"check_file.no_store":      {"the store cannot be opened, so references to other resources were not evaluated", "无法打开存储，对其他资源的引用未评价"},
	"check_file.ending":        {"%[1]s is no table that can be checked", "%[1]s 不是可以检查的表格文件"},
	"check_file.ending.hint":   {"save it as .xlsx or .csv", "请另存为 .xlsx 或 .csv"},
	"check_file.none":          {"%[1]s cannot be read", "无法读取 %[1]s"},
	"check_file.header":        {"--header is a line number from 1", "--header 应为从 1 起的行号"},
	"check_file.twice":         {"the column %[1]q stands twice in the header", "表头中“%[1]s”列出现了两次"},
	"check_file.twice.hint":    {"keep the one that is to be reported", "请只保留要报送的一列"},
	"check_file.nothing":       {"%[1]s: none of the items of %[2]s stands in its header", "%[1]s：表头中没有 %[2]s 的任何信息项"},
	"check_file.nothing.hint":  {"name the right resource, or the sheet and the header's line with --sheet and --header", "请核对资源名称，或用 --sheet、--header 指定工作表和表头所在行"},
	"check_file.setting":       {"the connection's settings do not fit the file", "连接的设置不适用于此文件"},
	"check_file.empty":         {"%[1]s has no rows", "%[1]s 没有数据行"},
	"check_file.empty.hint":    {"look whether the right sheet is named: --sheet", "请核对工作表是否正确，可用 --sheet 指定"},
	"check_file.to":            {"the report cannot be written to %[1]s", "无法将报告写入 %[1]s"},
	"check_file.to_taken":      {"%[1]s holds other files", "%[1]s 中已有其他文件"},
	"check_file.to_taken.hint": {"name a folder of its own with --to", "请用 --to 另行指定文件夹"},

	"check_file.left":        {"of each rule the pages list the first %[1]d problems; %[2]d more are in the XLSX list alone (--all puts every one on pages)", "页面列出每条规则的前%[1]d条问题，另有%[2]d条仅列入XLSX清单（如需全部列入页面，请加 --all）"},
	"command.check_file.all": {"list every problem on pages, not the first 1000 of each rule alone; the XLSX list has all in any case", "在页面上列出全部问题（默认每条规则列出前 1000 条）；XLSX 清单始终包含全部问题"},
	"report.pages.note.some": {"%[1]s problems, by rule and record. These %[2]d pages list the first %[3]s of each rule; all are in the XLSX list.", "共%[1]s条问题，按规则和记录标识排列。每条规则在页面上列出前%[3]s条，分%[2]d页；全部问题见XLSX清单。"},
	"report.pages.of":        {" of %[1]s", "（共%[1]s条）"},
	"report.pages.see.some":  {"The first %[1]s of %[2]s problems of this rule; all are in the XLSX list", "查看该问题前%[1]s条明细（共%[2]s条，全部明细见XLSX清单）"},
	"report.file.title":      {"Check before reporting", "上报前自检报告"},
	"report.file.meta":       {"File checked: %[1]s · on %[2]s", "自检文件：%[1]s　自检日期：%[2]s"},
	"report.file.gate":       {"Reported like this, all of it would be held back", "照此报送将无法通过质量闸门"},
	"report.file.howto": {"The column of the key begins with where the row stands: file (and sheet) and line. Mend the file, or the system it comes from, and check again before reporting.",
		"“记录标识”列以所在位置开头：文件（及工作表）和行号。请据此在文件或业务系统中更正，重新自检通过后再报送。"},

	"rehearse.key": {"the file lacks %[1]s, which is part of the key: without it no row can be told from another", "文件缺少主键信息项 %[1]s，无法区分各行"},
}
