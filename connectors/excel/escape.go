package excel

import (
	"bytes"
	"encoding/hex"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape puts back in place, from an offset on, the characters that XML cannot hold
// and that stand as _x000D_ (ECMA-376-1, 22.9.2.19). Half a character stays as it is.
func unescape(text []byte, from int) []byte {
	at := bytes.Index(text[from:], []byte("_x"))
	if at < 0 {
		return text
	}
	at += from
	out := at
	for at < len(text) {
		r, n := escaped(text[at:])
		if n == 0 {
			text[out] = text[at]
			at, out = at+1, out+1
			continue
		}
		at += n
		out += utf8.EncodeRune(text[out:out+utf8.RuneLen(r)], r) // never longer than its escape
	}
	return text[:out]
}

// escaped is the character that a text begins with the escape of, and how long that is.
func escaped(b []byte) (rune, int) {
	first, ok := unit(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 7
	}
	second, ok := unit(b[7:])
	if pair := utf16.DecodeRune(first, second); ok && pair != utf8.RuneError {
		return pair, 14
	}
	return 0, 0
}

// unit is the number in _x000D_.
func unit(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	var v [2]byte
	if _, err := hex.Decode(v[:], b[2:6]); err != nil {
		return 0, false
	}
	return rune(v[0])<<8 | rune(v[1]), true
}
