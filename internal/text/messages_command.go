package text

var commandMessages = map[Key]Message{
	"command.root":         {"aggregates departments' data under one catalogue: one source, many uses", "政务数据归集：一数一源、一源多用"},
	"command.flag.project": {"project directory", "项目目录"},
	"command.flag.lang":    {"language of messages: zh or en", "提示信息语言：zh 或 en"},
	"command.flag.json":    {"print results as JSON", "以 JSON 输出结果"},
	"command.version":      {"print the version", "显示版本"},
	"command.interrupted":  {"interrupted", "已中断"},
	"command.usage":        {"wrong usage", "用法有误"},
	"command.help":         {"%[1]s --help lists commands and flags", "%[1]s --help 可查看全部命令与参数"},
}
