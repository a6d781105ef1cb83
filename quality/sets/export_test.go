package sets

// Nothing is what expressions are vetted over.
var Nothing = nothing
