package orders

// NumberSQL is Number as SQL: rule and the key's parts are expressions over a relation's
// columns.
func NumberSQL(resource, rule string, keys []string) string { return numberSQL(resource, rule, keys) }
