package text

var execMessages = map[Key]Message{
	"exec.setting.command": {"command: command is empty: name the program and its arguments", "command：command 为空，请填写程序及其参数"},
	"exec.setting.timeout": {"command: timeout is above 0", "command：timeout 应大于 0"},
	"exec.setting.at_once": {"command: at_once is 1 to 16, not %[1]d", "command：at_once 应为 1 至 16，不能是 %[1]d"},
	"exec.setting.env":     {"command: %[1]q is no name of an environment variable", "command：%[1]q 不是有效的环境变量名"},
	"exec.zone":            {"there is no time zone %[1]q", "没有时区 %[1]q"},

	"exec.no_program":      {"the program %[1]s cannot be run", "程序 %[1]s 无法运行"},
	"exec.no_program.hint": {"check command in guiji.yaml: a path is relative to the project, a bare name is looked for on PATH; the file must be executable", "请检查 guiji.yaml 中的 command：路径相对于项目目录，仅写名称时在 PATH 中查找；文件须有执行权限"},
	"exec.no_table":        {"the program %[1]s knows no table %[2]q", "程序 %[1]s 中没有表 %[2]q"},
	"exec.no_cursor":       {"the program %[1]s cannot read by a cursor (%[2]s)", "程序 %[1]s 不支持按增量字段（%[2]s）读取"},
	"exec.interrupted":     {"the program %[1]s was interrupted", "程序 %[1]s 已中断"},
	"exec.ended":           {"the program %[1]s ended with exit code %[2]d", "程序 %[1]s 以退出码 %[2]d 结束"},
	"exec.broken":          {"the program %[1]s broke off", "程序 %[1]s 异常中止"},
	"exec.slow":            {"the program %[1]s did not answer %[2]q within %[3]s", "程序 %[1]s 未在 %[3]s 内答复 %[2]q"},
	"exec.answer":          {"the program %[1]s answered %[2]q with what is not the answer's form", "程序 %[1]s 对 %[2]q 的答复格式不符"},
	"exec.answer.hint":     {"docs/connectors/command.md describes each answer", "各项答复的格式见 docs/connectors/command.md"},
	"exec.columns":         {"the program %[1]s describes other columns than were asked for", "程序 %[1]s 描述的字段与请求不一致"},
	"exec.parts":           {"the program %[1]s names no parts, or two alike", "程序 %[1]s 未给出分段，或分段标识重复"},
	"exec.type":            {"the program %[1]s gives column %[2]q the Arrow type %[3]q, which guiji does not take", "程序 %[1]s 的字段 %[2]q 为 Arrow 类型 %[3]q，不受支持"},
	"exec.type.hint":       {"docs/connectors/command.md lists the types", "支持的类型见 docs/connectors/command.md"},
	"exec.stream":          {"the program %[1]s wrote no readable Arrow stream", "程序 %[1]s 输出的不是可读取的 Arrow 数据流"},
	"exec.cut":             {"the stream of the program %[1]s ends without its closing mark: it was cut short", "程序 %[1]s 的数据流缺少结束标记，可能中途截断"},
	"exec.schema":          {"the program %[1]s writes other columns than it said it would", "程序 %[1]s 输出的字段与其声明不一致"},

	"exec.bad.text": {"bytes that are no valid text", "含无法识别的字符编码"},
}
