package text

// registerMessages speak of the register of data elements, of collecting once and of
// what is decided in decisions/.
var registerMessages = map[Key]Message{
	"catalog.decisions.stray": {"%[1]s is not read there: decisions are %[2]s", "%[1]s 位置有误：decisions 文件夹中只读取 %[2]s"},
}
