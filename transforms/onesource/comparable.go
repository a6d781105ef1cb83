package onesource

import "guiji/catalog"

// Comparable is the text a value of a catalogue type is compared as, whoever holds it:
// without blanks, half-width, upper case, every dot that of names; NULL where nothing is left. Values that say
// the same have one text, of different types too: 1.50 and 1.5, a day and its midnight.
func Comparable(expr string, t catalog.Type) string { return normal(asText(expr, t)) }
