package text

var connectorMessages = map[Key]Message{}
