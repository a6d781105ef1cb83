package text

var excelMessages = map[Key]Message{
	"excel.setting.path":        {"excel: path is empty: name a file or a folder", "excel：path 为空，请填写文件或文件夹"},
	"excel.setting.pattern":     {"excel: %[1]q is no pattern for file names", "excel：%[1]q 不是有效的文件名匹配式"},
	"excel.setting.negative":    {"excel: header and skip are not below 0, header_rows and unzip_limit_mb not below 1", "excel：header 和 skip 不能小于 0，header_rows 和 unzip_limit_mb 不能小于 1"},
	"excel.setting.header_rows": {"excel: header_rows is at most %[1]d", "excel：header_rows 最大为 %[1]d"},

	"excel.encrypted":         {"%[1]s is encrypted and cannot be read", "%[1]s 已加密，无法读取"},
	"excel.take_password_off": {"ask the department for the file without a password, sent over a safe channel", "请部门取消密码后，通过安全渠道重新交付"},
	"excel.old":               {"%[1]s is in an older, binary format (xls, xlsb, et), which is not read", "%[1]s 为旧版二进制格式（xls、xlsb、et），不支持读取"},
	"excel.save_as_xlsx":      {"open it in Excel or WPS, save it as xlsx and deliver that", "请用 Excel 或 WPS 打开，另存为 xlsx 后交付"},
	"excel.no_workbook":       {"%[1]s is not an xlsx workbook, whatever its name says", "%[1]s 不是 xlsx 工作簿（扩展名与内容不符）"},
	"excel.damaged":           {"%[1]s is damaged or was cut short: nothing of it is taken", "%[1]s 已损坏或不完整，整个文件未采用"},
	"excel.deliver_again":     {"ask the department to deliver it again", "请部门重新交付该文件"},
	"excel.too_large":         {"%[1]s unpacks to more than unzip_limit_mb allows: it is very large, or made to harm", "%[1]s 解压后超过 unzip_limit_mb 的限制：文件过大，或为恶意构造"},
	"excel.raise_limit":       {"if the file is known to be good, raise unzip_limit_mb in guiji.yaml", "若确认文件无误，请调大 guiji.yaml 中的 unzip_limit_mb"},
	"excel.long_row":          {"%[1]s has a row or a text longer than 64 MiB", "%[1]s 中有一行或一个文本超过 64 MiB"},

	"excel.no_sheet":       {"%[1]s has no sheet %[2]q; it has: %[3]s", "%[1]s 中没有工作表 %[2]q；现有：%[3]s"},
	"excel.no_header":      {"%[1]s has no names in its header row", "%[1]s 的表头行没有列名"},
	"excel.no_header_with": {"%[1]s has no cell %[2]q in its first %[3]d rows", "%[1]s 的前 %[3]d 行中没有内容为 %[2]q 的单元格"},
	"excel.no_column":      {"%[1]s has no column %[2]q; it has: %[3]s", "%[1]s 中没有列 %[2]q；现有列：%[3]s"},
	"excel.no_names":       {"%[1]s has no column %[2]q and none of the others asked for in row %[3]d: the header is elsewhere", "%[1]s 第 %[3]d 行中没有列 %[2]q，所需各列均未找到：表头可能在其他行"},
	"excel.no_lettered":    {"%[1]s is read without a header: columns are named A, B …, not %[2]q", "%[1]s 按无表头读取，列名为 A、B……，不能是 %[2]q"},
	"excel.twice":          {"%[1]s has two columns named %[2]q", "%[1]s 中有两列同名：%[2]q"},
	"excel.check_header":   {"check column in the catalogue entry, and sheet, header, header_has and header_rows in guiji.yaml", "请检查目录中的 column，以及 guiji.yaml 中的 sheet、header、header_has 和 header_rows"},
	"excel.window":         {"%[1]s is made of workbooks, which cannot be read by a cursor", "%[1]s 为 Excel 工作簿，不支持按增量游标读取"},
	"excel.window.hint":    {"take cursor out of the catalogue entry, or set mode: full", "请删除目录条目中的 cursor，或设置 mode: full"},

	"excel.error_cell":     {"holds an error of the spreadsheet, such as #N/A", "单元格为错误值（如 #N/A）"},
	"excel.long_number":    {"is a number of more than 15 digits: Excel keeps no more, the last ones are lost; the cell has to be text", "为超过 15 位的数值：Excel 只保留 15 位，末尾数字已丢失，单元格应设为文本格式"},
	"excel.not_calculated": {"is a formula that was never calculated", "为从未计算过的公式，没有结果"},
	"excel.unknown_cell":   {"holds a value that is none of its kind", "单元格的值与其类型不符"},

	"excel.doctor_ok": {"%[1]s: %[2]d columns; sheets in the file: %[3]d", "%[1]s：%[2]d 列；文件中的工作表：%[3]d 个"},
}
