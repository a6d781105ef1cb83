package text

var catalogMessages = map[Key]Message{}
