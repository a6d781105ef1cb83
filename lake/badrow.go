package lake

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// BadRow is a row that did not make it into raw: kept with its text and reason in
// the dataset quality/<resource>/quarantine, never in a log. Connectors yield
// those their source types cannot represent, standardize those whose key does
// not fit the catalogue.
type BadRow struct {
	Key    string // readable, "" if unknown
	Column string // the source's name, "" if it is the record as a whole
	Text   string // as far as it can be shown; invalid bytes as \xNN
	Reason string // a key of internal/text
	Place  string // where in the source: file:line, or a part's id
}

// Shown is a text as far as it can be shown: bytes that are no UTF-8 as \xNN.
func Shown(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02X`, s[0])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}
