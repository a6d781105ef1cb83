package text

var lakeMessages = map[Key]Message{}
