package text

var transformMessages = map[Key]Message{}
