package orders

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/width"

	"guiji/internal/engine"
)

// signs are those of a number: none can be mistaken for another (no I, L, O, U).
const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Number is the 问题编号: short, stable over releases, the same for the same
// resource, rule and record key, and without any of the key in it. It is 60 bits
// of SHA-256 over the JSON array of the three, in twelve signs: with a million
// problems two share a number once in two million times. The key's parts are as
// DuckDB casts them to text, "" for NULL.
func Number(resource, rule string, key []string) string {
	body, _ := json.Marshal(append([]string{resource, rule}, key...)) // strings always marshal
	sum := sha256.Sum256(body)
	s := base32.NewEncoding(signs).EncodeToString(sum[:10])
	return s[:6] + "-" + s[6:12]
}

// ParseNumber reads a number as people write it: in small letters, in full-width signs,
// without its dash or with blanks, O for 0 and I or L for 1. ok is false for what is none.
func ParseNumber(s string) (number string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(width.Fold.String(s)) {
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		case '-', ' ', '\t', '\r', '–', '—':
			continue
		}
		if !strings.ContainsRune(signs, r) || b.Len() == 12 {
			return "", false
		}
		b.WriteRune(r)
	}
	if b.Len() != 12 {
		return "", false
	}
	return b.String()[:6] + "-" + b.String()[6:], true
}

// numberSQL is Number as SQL over a relation's columns.
func numberSQL(resource, rule string, keys []string) string {
	quoted, _ := json.Marshal(resource)
	parts := []string{engine.Lit("[" + string(quoted)), jsonText(rule)}
	for _, k := range keys {
		parts = append(parts, jsonText("coalesce("+k+"::VARCHAR, '')"))
	}
	bits := "('0x' || left(sha256(" + strings.Join(parts, " || ',' || ") + " || ']'), 15))::UBIGINT"
	out := make([]string, 12)
	for i := range out {
		out[i] = fmt.Sprintf("substr('%s', ((_n >> %d) & 31)::INTEGER + 1, 1)", signs, 55-5*i)
	}
	return "list_transform([" + bits + "], lambda _n: " + strings.Join(out[:6], " || ") + " || '-' || " + strings.Join(out[6:], " || ") + ")[1]"
}

// jsonText is a text as encoding/json writes it.
func jsonText(column string) string {
	all := column
	for _, r := range escapes() {
		all = "replace(" + all + ", " + r[0] + ", " + r[1] + ")"
	}
	return `'"' || CASE WHEN regexp_matches(` + column + `, '[\x00-\x1f"\\<>&\x{2028}\x{2029}]') THEN ` + all + " ELSE " + column + ` END || '"'`
}

// escapes are what encoding/json escapes, and how, as SQL; the backslash first.
func escapes() [][2]string {
	out := [][2]string{{`'\'`, `'\\'`}, {`'"'`, `'\"'`}}
	named := map[rune]string{'\b': `'\b'`, '\f': `'\f'`, '\n': `'\n'`, '\r': `'\r'`, '\t': `'\t'`}
	for r := range rune(0x20) {
		as, ok := named[r]
		if !ok {
			as = fmt.Sprintf(`'\u%04x'`, r)
		}
		out = append(out, [2]string{fmt.Sprintf("chr(%d)", r), as})
	}
	for _, r := range []rune{'<', '>', '&', 0x2028, 0x2029} {
		out = append(out, [2]string{fmt.Sprintf("chr(%d)", r), fmt.Sprintf(`'\u%04x'`, r)})
	}
	return out
}
