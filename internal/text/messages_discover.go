package text

// discoverMessages are what a drafted entry says in its comments.
var discoverMessages = map[Key]Message{
	"discover.head":   {"Draft from connection %[1]s, table %[2]s: a sample of %[3]d rows, %[4]s. Comments hold what the guesses rest on; no row's value is here.", "由连接 %[1]s 的表 %[2]s 抽样 %[3]d 条生成的草稿（%[4]s）。注释为各项推断的依据，不含任何记录内容。"},
	"discover.rows":   {"The source estimates %[1]d rows in all.", "来源估计共 %[1]d 条。"},
	"discover.bad":    {"%[1]d sampled rows cannot be read: %[2]s. guiji doctor %[3]s may tell of another encoding.", "抽样中有 %[1]d 条无法读取：%[2]s。可用 guiji doctor %[3]s 查看是否为其他编码。"},
	"discover.settle": {"To be settled by a person: the lines below that begin with #, then guiji catalog check.", "下列以 # 开头的各项须由人工确定，之后运行 guiji catalog check。"},

	"discover.note.code":     {"number of the entry in the directory", "目录代码"},
	"discover.note.category": {"基础, 主题 or 部门, and what lies below", "类（基础、主题、部门）和项"},
	"discover.note.cycle":    {"how often the source changes", "更新周期"},
	"discover.note.basis":    {"the law or document it is collected by", "采集的法律、法规或文件依据"},
	"discover.note.share":    {"terms of sharing", "共享属性"},
	"discover.note.open":     {"terms of opening", "开放属性"},

	"discover.key.maybe": {"the source declares no key; no two of the %[1]d sampled rows are alike in: %[2]s", "来源未声明主键；抽样 %[1]d 条中取值各不相同的列：%[2]s"},
	"discover.key.none":  {"key: the source declares none, and no column of the sample would do; rows are known by their content", "key：来源未声明主键，抽样中也没有可作主键的列，按整行内容识别"},

	"discover.cursor":         {"named like a time of change, %[1]s, %[2]d of the sample empty; ask whether every change sets it", "名称似更新时间，%[1]s，抽样中空值 %[2]d 条；请确认各种修改都会更新该列"},
	"discover.cursor.indexed": {"an index begins with it", "有以其开头的索引"},
	"discover.cursor.bare":    {"no index begins with it", "没有以其开头的索引"},
	"discover.cursor.none":    {"cursor: no column is named like a time of change", "cursor：没有名称似更新时间的列"},

	"discover.column":        {"%[1]s; of %[2]d sampled: %[3]d empty, at most %[4]d characters, %[5]s distinct", "%[1]s；抽样 %[2]d 条：空值 %[3]d，最长 %[4]d 字，不同取值 %[5]s"},
	"discover.column.unread": {"column %[1]s is %[2]s: only plain values can be read", "列 %[1]s 的类型为 %[2]s：只能读取单值列"},
	"discover.column.bytes":  {"%[1]s; of %[2]d sampled: %[3]d empty", "%[1]s；抽样 %[2]d 条：空值 %[3]d"},
	"discover.holds":         {"check %[1]s passes for %[2]s of the values", "%[1]s：%[2]s 的取值通过校验"},
	"discover.unique":        {"check unique: no two of %[1]d values are alike", "unique：%[1]d 个取值各不相同"},
	"discover.codes":         {"check in_codes: %[1]s of the values are in codes/%[2]s.csv, as codes or names", "in_codes：%[1]s 的取值在 codes/%[2]s.csv 中（代码或名称）"},
	"discover.codes.many":    {"the values would fit these code tables, choose with knowledge: %[1]s", "取值与下列代码表均相符，请核实后选用：%[1]s"},
	"discover.gbk":           {"%[1]s of the texts beyond ASCII (%[2]s) read as GB 18030: probably its bytes in a latin1 column; charset_of_bytes: gb18030 of the connection recovers them, see docs/connectors/mysql.md", "%[1]s 的非 ASCII 文本（%[2]s）可按 GB 18030 读出，疑为以 latin1 存放的 GBK 字节；可在连接中设置 charset_of_bytes: gb18030 还原，见 docs/connectors/mysql.md"},

	"discover.element":      {"element %[1]s %[2]s, %[3]s", "数据元 %[1]s %[2]s，%[3]s"},
	"discover.element.many": {"element: several are named so, choose: %[1]s", "数据元：有多个同名，请选择：%[1]s"},
	"discover.by.0":         {"by the same name", "名称相同"},
	"discover.by.1":         {"by another usual name", "为其常用别称"},
	"discover.by.2":         {"by what the values are", "依据取值"},
	"discover.by.3":         {"by the end of the name", "依据名称末尾"},
	"discover.by.4":         {"by the column's name", "依据列名"},
	"discover.by.5":         {"by the initials of its pinyin", "依据列名为其拼音首字母"},

	"discover.subjects": {"The row holds %[1]d identifiers: say whose the other items are.", "一行含 %[1]d 个标识号码，请写明其余信息项属于哪一主体。"},

	"command.discover":              {"draft catalogue entries from a connection's tables, by a sample", "抽样分析连接中的表，生成目录条目草稿"},
	"command.discover.department":   {"the department that provides the tables; by default the one named like the connection", "提供部门标识，默认与连接同名"},
	"command.discover.out":          {"folder to write <department>/<name>.yaml in, for example catalog; without it drafts go to standard output", "写入 <部门>/<资源>.yaml 的文件夹，如 catalog；不填则输出到标准输出"},
	"command.discover.sample":       {"rows to read of each table, at most", "每张表最多抽样的条数"},
	"command.discover.no_dept":      {"no department is called %[1]q", "没有标识为 %[1]q 的部门"},
	"command.discover.no_dept.hint": {"name one of departments.yaml with --department", "请用 --department 指定 departments.yaml 中的部门"},
	"command.discover.rows":         {"--sample is above 0", "--sample 应大于 0"},
	"command.discover.wrote":        {"%[1]s: %[2]d rows sampled of %[3]s", "%[1]s：抽样 %[3]s 的 %[2]d 条"},
	"command.discover.there":        {"%[1]s is there already and stays as it is", "%[1]s 已存在，未改动"},
	"command.discover.taken":        {"%[1]s collects this table already", "该表已由 %[1]s 归集"},
	"command.discover.left":         {"warning: no draft of %[1]s: %[2]s", "警告：未起草 %[1]s：%[2]s"},
	"command.discover.none":         {"the connection has no tables", "该连接中没有表"},
	"command.discover.next":         {"what is left to settle: guiji catalog check", "尚待确定的内容：guiji catalog check"},
	"command.discover.write":        {"cannot write %[1]s", "无法写入 %[1]s"},
}
