package text

var sqliteMessages = map[Key]Message{
	"sqlite.setting.path": {"sqlite: path is empty: name the database file", "sqlite：path 为空，请填写数据库文件"},
	"sqlite.setting.wait": {"sqlite: wait is not below 0", "sqlite：wait 不能小于 0"},
	"sqlite.zone":         {"there is no time zone %[1]q", "没有时区 %[1]q"},

	"sqlite.no_file":          {"there is no file %[1]s", "文件 %[1]s 不存在"},
	"sqlite.put_there":        {"check path in guiji.yaml, or whether the department has delivered", "请检查 guiji.yaml 中的 path，或确认部门是否已交付文件"},
	"sqlite.not_a_file":       {"%[1]s is not a file", "%[1]s 不是文件"},
	"sqlite.no_permission":    {"%[1]s may not be read by this account", "当前账户无权读取 %[1]s"},
	"sqlite.cannot_open":      {"%[1]s cannot be opened", "%[1]s 无法打开"},
	"sqlite.cannot_open.hint": {"a database in WAL mode needs a folder this account may write to, or its -wal file merged first", "WAL 模式的数据库要求当前账户对所在文件夹有写权限，或先将 -wal 文件合并入库"},
	"sqlite.unreadable":       {"%[1]s cannot be read", "%[1]s 无法读取"},
	"sqlite.busy":             {"%[1]s is being written to and did not let us in within %[2]s", "%[1]s 正在被写入，等待 %[2]s 后仍无法读取"},
	"sqlite.busy.hint":        {"run when the department's program is idle, or raise wait", "请在部门系统空闲时运行，或调大 wait"},
	"sqlite.corrupt":          {"%[1]s is no whole SQLite database", "%[1]s 不是完整的 SQLite 数据库"},
	"sqlite.corrupt.hint":     {"ask the department for a copy made by its program's backup, not by copying an open file", "请部门用系统的备份功能导出，不要直接复制正在使用的文件"},
	"sqlite.refused":          {"SQLite refused a question about %[1]s", "SQLite 拒绝了对 %[1]s 的查询"},
	"sqlite.interrupted":      {"reading %[1]s was interrupted", "读取 %[1]s 已中断"},
	"sqlite.closed":           {"the snapshot of %[1]s is closed", "%[1]s 的快照已关闭"},
	"sqlite.no_table":         {"%[1]s has no table %[2]q", "%[1]s 中没有表 %[2]q"},
	"sqlite.no_column":        {"%[1]s has no column %[2]q", "%[1]s 中没有列 %[2]q"},

	"sqlite.cursor":      {"%[1]s cannot be a cursor: its values are not all whole numbers, all days (2026-01-31) or all times (2026-01-31 08:00:00)", "%[1]s 不能作为增量字段：取值须全部为整数，或全部为日期（2026-01-31），或全部为时间（2026-01-31 08:00:00）"},
	"sqlite.cursor.hint": {"name another column as cursor, or leave cursor out", "请改用其他字段作为 cursor，或去掉 cursor"},
	"sqlite.bound":       {"a bound of the window over %[1]s is no %[2]s", "%[1]s 的时间窗口边界不是有效的 %[2]s"},

	"sqlite.bad.text":   {"bytes that are no valid text", "含无法识别的字符编码"},
	"sqlite.bad.bytes":  {"bytes in a column of texts", "文本字段中存放了二进制内容"},
	"sqlite.bad.number": {"a number in a column of bytes", "二进制字段中存放了数值"},

	"sqlite.doctor.ok":       {"%[1]s: %[2]d tables, journal mode %[3]s", "%[1]s：%[2]d 张表，日志模式 %[3]s"},
	"sqlite.doctor.damaged":  {"%[1]s is damaged: SQLite's quick check found errors", "%[1]s 已损坏：SQLite 快速检查发现错误"},
	"sqlite.doctor.in_place": {"%[1]s is read in place and not in WAL mode: the department's program waits while it is read; leave in_place out if there is room for a copy", "%[1]s 为就地读取且非 WAL 模式：读取期间部门系统将无法写入；如磁盘空间允许，请去掉 in_place"},
}
