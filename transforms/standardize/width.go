package standardize

import (
	"bytes"

	"guiji/catalog"
)

// blank is the length of the blank or zero-width character that b begins with, 0
// without one.
func blank(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == ' ' || (b[0] >= '\t' && b[0] <= '\r'):
		return 1
	case len(b) >= 2 && b[0] == 0xC2 && b[1] == 0xA0: // no-break space
		return 2
	case len(b) < 3:
		return 0
	case b[0] == 0xE2 && b[1] == 0x80 && b[2] >= 0x80 && b[2] <= 0x8F, // U+2000–U+200F
		b[0] == 0xE2 && b[1] == 0x81 && b[2] == 0xA0, // word joiner
		b[0] == 0xE3 && b[1] == 0x80 && b[2] == 0x80, // ideographic space
		b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF: // byte order mark
		return 3
	}
	return 0
}

// trim cuts blanks off both ends; what it returns is a piece of b.
func trim(_, b []byte) []byte {
	for n := blank(b); n > 0; n = blank(b) {
		b = b[n:]
	}
	for {
		n := 0
		switch last := len(b) - 1; {
		case last < 0:
			return b
		case b[last] < 0x80:
			n = blank(b[last:])
		case last >= 2 && b[last-2] >= 0xE0:
			n = blank(b[last-2:])
		case last >= 1 && b[last-1] == 0xC2:
			n = blank(b[last-1:])
		}
		if n == 0 {
			return b
		}
		b = b[:len(b)-n]
	}
}

func bindWidth(param string, _ catalog.Type, _ map[string]*catalog.CodeTable) (mender, bool) {
	all := param == "all"
	return mender{
		idle: halfWidth,
		apply: func(dst, b []byte) []byte {
			if halfWidth(b) {
				return b
			}
			return narrow(dst, b, all)
		},
	}, all || param == ""
}

// halfWidth reports that nothing in b is full-width: U+3000 or U+FF01–U+FF5E.
// In UTF-8 these begin with E3 80 80 and EF, which no other place of a character holds.
func halfWidth(b []byte) bool {
	if bytes.IndexByte(b, 0xEF) >= 0 {
		return false
	}
	for at := bytes.IndexByte(b, 0xE3); at >= 0 && at+2 < len(b); {
		if b[at+1] == 0x80 && b[at+2] == 0x80 {
			return false
		}
		next := bytes.IndexByte(b[at+3:], 0xE3)
		if next < 0 {
			break
		}
		at += 3 + next
	}
	return true
}

func narrow(dst, b []byte, punctuation bool) []byte {
	for i := 0; i < len(b); {
		c, n := narrowAt(b[i:])
		if n == 3 && (punctuation || c == ' ' || isAlphanumeric(c)) {
			dst = append(dst, c)
			i += 3
			continue
		}
		dst = append(dst, b[i])
		i++
	}
	return dst
}

// narrowAt is the half-width form of the full-width character b begins with;
// n is 0 if it is none.
func narrowAt(b []byte) (c byte, n int) {
	if len(b) < 3 {
		return 0, 0
	}
	switch {
	case b[0] == 0xE3 && b[1] == 0x80 && b[2] == 0x80:
		return ' ', 3
	case b[0] == 0xEF && b[1] == 0xBC && b[2] >= 0x81:
		return b[2] - 0x80 + ' ', 3
	case b[0] == 0xEF && b[1] == 0xBD && b[2] <= 0x9E:
		return b[2] - 0x80 + '`', 3
	}
	return 0, 0
}

func isAlphanumeric(c byte) bool {
	return c-'0' <= 9 || c-'A' < 26 || c-'a' < 26
}

// foldDots writes the separator dots met in names as U+00B7.
func foldDots(dst, b []byte) []byte {
	at := nextDot(b)
	if at < 0 {
		return b
	}
	for ; at >= 0; at = nextDot(b) {
		dst = append(append(dst, b[:at]...), 0xC2, 0xB7)
		b = b[at+3:]
	}
	return append(dst, b...)
}

// nextDot finds U+2022, U+2027, U+22C5, U+30FB or U+FF65; -1 without one.
func nextDot(b []byte) int {
	for i := 0; i+2 < len(b); i++ {
		switch b[i] {
		case 0xE2:
			if (b[i+1] == 0x80 && (b[i+2] == 0xA2 || b[i+2] == 0xA7)) || (b[i+1] == 0x8B && b[i+2] == 0x85) {
				return i
			}
		case 0xE3:
			if b[i+1] == 0x83 && b[i+2] == 0xBB {
				return i
			}
		case 0xEF:
			if b[i+1] == 0xBD && b[i+2] == 0xA5 {
				return i
			}
		}
	}
	return -1
}
