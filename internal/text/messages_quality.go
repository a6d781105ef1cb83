package text

var qualityMessages = map[Key]Message{}
