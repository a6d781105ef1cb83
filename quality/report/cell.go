package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// cellChars is how much text a cell of a spreadsheet holds, less room for the note
// that says what was left out (Excel stops at 32 767 UTF-16 units).
const cellChars = 16_000

// cell makes a value safe in a spreadsheet: it is text and stays text. Excel, WPS
// and whoever saves the sheet as CSV would run what begins like a formula; an
// apostrophe stops them. Characters XML cannot hold are shown as \xNN, and text
// that no cell can hold says that it was cut and how long it is.
func (b *builder) cell(s string) any {
	if s == "" {
		return nil
	}
	s = visible(s)
	if n := utf8.RuneCountInString(s); n > cellChars {
		s = string([]rune(s)[:cellChars]) + b.t("report.cut", n)
	}
	if runs(s) {
		s = "'" + s
	}
	return s
}

// runs reports whether a spreadsheet might take the text for a formula.
func runs(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}

// visible replaces control characters by what can be read.
func visible(s string) string {
	clean := func(r rune) bool {
		return r >= 0x20 && r != 0x7F && r != utf8.RuneError && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
	}
	if strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var out strings.Builder
	for i, r := range s {
		if clean(r) || r == utf8.RuneError && strings.HasPrefix(s[i:], "\uFFFD") {
			out.WriteRune(r)
		} else if r == utf8.RuneError {
			fmt.Fprintf(&out, `\x%02X`, s[i])
		} else {
			fmt.Fprintf(&out, `\x%02X`, r)
		}
	}
	return out.String()
}

// Points; spreadsheets allow rows of up to 409.
const (
	lineHeight = 13.5
	maxHeight  = 400
)

// linesOf is how many lines a text takes in a column of a width in half-width
// signs; a Chinese sign is two.
func linesOf(s string, width float64) int {
	lines, used := 1, 0.0
	for _, r := range s {
		w := 1.0
		switch {
		case r == '\n':
			lines, used = lines+1, 0
			continue
		case r >= 0x2E80:
			w = 2
		}
		if used+w > width-1 {
			lines, used = lines+1, 0
		}
		used += w
	}
	return lines
}
