package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guiji/lake"
)

// asked is a query as the audit chain keeps it: what was asked, without the values
// it was asked with. Literals, comments and long numbers go, in every form that
// DuckDB reads; words stay where they are plain English or names of the release,
// for a value whose quotes were forgotten is a word.
func asked(rel *lake.Release, query string) string {
	names := map[string]bool{}
	for _, d := range rel.Datasets {
		names[d.Table] = true
		for _, c := range d.Columns {
			names[c.Name] = true
		}
	}
	var out strings.Builder
	for n := 0; query != "" && n < 2000; n++ {
		shown, size := piece(query, names)
		out.WriteString(shown)
		query = query[size:]
	}
	if query != "" {
		out.WriteString("…")
	}
	return out.String()
}

const hidden = "'…'"

// piece is how the first token of a query is shown, and its length.
func piece(q string, names map[string]bool) (shown string, size int) {
	r, width := utf8.DecodeRuneInString(q)
	switch {
	case r == '\'':
		return hidden, 1 + quoted(q[1:], '\'', false)
	case len(q) > 1 && (r == 'e' || r == 'E') && q[1] == '\'':
		return hidden, 2 + quoted(q[2:], '\'', true)
	case r == '"':
		size = 1 + quoted(q[1:], '"', false)
		if name := strings.ReplaceAll(strings.Trim(q[:size], `"`), `""`, `"`); names[name] {
			return q[:size], size
		}
		return `"…"`, size
	case strings.HasPrefix(q, "--"):
		if end := strings.IndexAny(q, "\n\r"); end >= 0 {
			return "", end
		}
		return "", len(q)
	case strings.HasPrefix(q, "/*"):
		return " ", comment(q)
	case r == '$':
		return dollar(q)
	case isWord(r):
		end := strings.IndexFunc(q, func(r rune) bool { return !isWord(r) && r != '$' })
		if end < 0 {
			end = len(q)
		}
		if names[q[:end]] || plain(q[:end]) {
			return q[:end], end
		}
		return "…", end
	case r < utf8.RuneSelf:
		return q[:width], width
	}
	return "…", width
}

// quoted is the length of what is behind an opening quote, the closing one with
// it. An open end is the query's.
func quoted(q string, quote byte, escapes bool) int {
	for i := 0; i < len(q); i++ {
		switch {
		case escapes && q[i] == '\\':
			i++
		case q[i] == quote && i+1 < len(q) && q[i+1] == quote:
			i++
		case q[i] == quote:
			return i + 1
		}
	}
	return len(q)
}

// comment is the length of a comment; comments nest.
func comment(q string) int {
	depth := 0
	for i := 0; i+1 < len(q); i++ {
		switch q[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(q)
}

// dollar shows a text between dollar signs ($$…$$, $tag$…$tag$) or a parameter.
func dollar(q string) (string, int) {
	end := strings.IndexFunc(q[1:], func(r rune) bool { return !isWord(r) })
	if end < 0 || q[1+end] != '$' || q[1] >= '0' && q[1] <= '9' {
		return "$", 1
	}
	tag := q[:end+2]
	if i := strings.Index(q[len(tag):], tag); i >= 0 {
		return hidden, i + 2*len(tag)
	}
	return hidden, len(q)
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || r >= utf8.RuneSelf
}

// plain words are English ones and short numbers.
func plain(word string) bool {
	digits := 0
	for _, r := range word {
		if r >= utf8.RuneSelf {
			return false
		}
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits < 4
}
