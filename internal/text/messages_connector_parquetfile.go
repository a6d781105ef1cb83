package text

var parquetfileMessages = map[Key]Message{
	"parquetfile.setting.path":    {"parquetfile: path is empty", "parquetfile：path 为空"},
	"parquetfile.setting.pattern": {"parquetfile: %[1]q is no pattern for file names", "parquetfile：%[1]q 不是有效的文件名匹配式"},
	"parquetfile.setting.memory":  {"parquetfile: memory_limit_mb is below 16: %[1]d", "parquetfile：memory_limit_mb 不能小于 16：%[1]d"},

	"parquetfile.zone":          {"there is no time zone %[1]q", "没有时区 %[1]q"},
	"parquetfile.twice":         {"%[1]s has two columns named %[2]q", "%[1]s 中有两个名为 %[2]q 的列"},
	"parquetfile.no_column":     {"%[1]s has no column %[2]q", "%[1]s 中没有列 %[2]q"},
	"parquetfile.nested":        {"column %[2]q of %[1]s is %[3]s: only plain values can be read", "%[1]s 的列 %[2]q 类型为 %[3]s：只能读取单值列"},
	"parquetfile.damaged":       {"%[1]s is no Parquet file, or is damaged", "%[1]s 不是 Parquet 文件或已损坏"},
	"parquetfile.deliver_again": {"have it delivered again", "请重新交付该文件"},
	"parquetfile.too_large":     {"reading %[1]s takes more than memory_limit_mb", "读取 %[1]s 所需内存超过 memory_limit_mb"},
	"parquetfile.raise_limit":   {"have it written with smaller row groups and pages, or raise memory_limit_mb", "请以更小的行组和页重新写出，或调大 memory_limit_mb"},
	"parquetfile.int96":         {"%[1]s has a moment before 1677 or after 2262 in a column of the old type INT96, which cannot be read", "%[1]s 中有旧类型 INT96 的列含 1677 年以前或 2262 年以后的时间，无法读取"},
	"parquetfile.int96.hint":    {"have it written with the type TIMESTAMP (Spark: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS), or leave the column out", "请改用 TIMESTAMP 类型写出（Spark：spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS），或不归集该列"},
	"parquetfile.undecodable":   {"the text is not UTF-8", "文本不是 UTF-8 编码"},

	"parquetfile.doctor_ok": {"%[1]s: rows: %[2]d, columns: %[3]d", "%[1]s：%[2]d 行，%[3]d 列"},
}
