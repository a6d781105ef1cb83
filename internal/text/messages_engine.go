package text

var engineMessages = map[Key]Message{
	"engine.open":   {"open DuckDB", "打开 DuckDB"},
	"engine.query":  {"run SQL step %[1]s", "执行 SQL 步骤 %[1]s"},
	"engine.full":   {"the disk under %[1]s is full", "%[1]s 所在磁盘已满"},
	"engine.free":   {"free some space and run again; nothing was committed", "请释放磁盘空间后重新运行；本次未提交任何数据"},
	"engine.memory": {"DuckDB ran out of its memory limit in step %[1]s", "步骤 %[1]s 超出 DuckDB 内存上限"},
	"engine.raise":  {"raise defaults.memory in guiji.yaml", "请调高 guiji.yaml 中的 defaults.memory"},
}
