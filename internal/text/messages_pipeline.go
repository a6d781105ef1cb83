package text

var pipelineMessages = map[Key]Message{}
