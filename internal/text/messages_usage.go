package text

// usageMessages are what --help says around the commands' own words.
var usageMessages = map[Key]Message{
	"usage.usage":           {"Usage:", "用法："},
	"usage.examples":        {"Examples:", "示例："},
	"usage.commands":        {"Commands:", "命令："},
	"usage.flags":           {"Flags:", "参数："},
	"usage.global_flags":    {"Global flags:", "通用参数："},
	"usage.flags_here":      {"[flags]", "[参数]"},
	"usage.command_here":    {"[command]", "[命令]"},
	"usage.default":         {"(default ", "(默认 "},
	"usage.more":            {"%[1]s [command] --help tells more about a command.", "%[1]s [命令] --help 可查看该命令的详细说明。"},
	"usage.help":            {"tell about any command", "查看任一命令的说明"},
	"usage.help_flag":       {"tell about %[1]s", "查看 %[1]s 的说明"},
	"usage.completion":      {"write a script that completes commands in a shell", "生成命令行自动补全脚本"},
	"usage.completion.of":   {"write the completion script for %[1]s", "生成 %[1]s 的自动补全脚本"},
	"usage.completion.bare": {"complete without descriptions", "补全时不显示说明"},
}
