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

	"usage.wrong.flag":         {"there is no flag %[1]s", "没有选项 %[1]s"},
	"usage.wrong.flag.bare":    {"flag %[1]s needs a value", "选项 %[1]s 缺少取值"},
	"usage.wrong.flag.value":   {"what is given for flag %[1]s is no value of type %[2]s", "选项 %[1]s 的取值应为 %[2]s 类型"},
	"usage.wrong.flag.missing": {"needed, and not given: %[1]s", "缺少必需的选项：%[1]s"},
	"usage.wrong.args.exact":   {"%[1]s arguments are wanted, not %[2]s", "应给出 %[1]s 个参数，实际为 %[2]s 个"},
	"usage.wrong.args.range":   {"%[1]s to %[2]s arguments are wanted, not %[3]s", "应给出 %[1]s 至 %[2]s 个参数，实际为 %[3]s 个"},
	"usage.wrong.args.least":   {"at least %[1]s arguments are wanted, not %[2]s", "至少应给出 %[1]s 个参数，实际为 %[2]s 个"},
	"usage.wrong.args.most":    {"at most %[1]s arguments are wanted, not %[2]s", "最多可给出 %[1]s 个参数，实际为 %[2]s 个"},
	"usage.wrong.command":      {"%[2]s has no command %[1]q", "%[2]s 没有命令 %[1]q"},
	"usage.wrong.like":         {"did you mean: %[1]s", "是否为：%[1]s"},
}
