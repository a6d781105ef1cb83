package discover

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"guiji/internal/gb18030"
)

// encoding looks whether a text is GB 18030 that was taken for latin1: each of its
// characters is one byte there, and the bytes make Chinese characters in common use.
func (c *column) encoding(gb *gb18030.Table, value string) {
	raw := make([]byte, 0, len(value))
	high := 0
	for _, r := range value {
		b, ok := latin1(r)
		if !ok {
			c.wide++
			return
		}
		if b >= 0x80 {
			high++
		}
		raw = append(raw, b)
	}
	if high == 0 {
		return
	}
	c.wide++
	out := make([]byte, 2*len(raw)+8)
	n, _ := gb.Decode(out, raw, false, true)
	if !utf8.Valid(out[:n]) {
		return
	}
	chinese := 0
	for _, r := range string(out[:n]) {
		if r >= 0x4E00 && r <= 0x9FFF {
			chinese++
		}
	}
	// Western words with accents make a Chinese character of a letter with its neighbour:
	// there half of the bytes are ASCII.
	if 2*chinese >= high && inPairs(raw) {
		c.gbk++
	}
}

// inPairs tells that bytes beyond ASCII stand in even runs, as those of GB 2312 do.
func inPairs(raw []byte) bool {
	run := 0
	for _, b := range append(raw, ' ') {
		switch {
		case b >= 0x80:
			run++
		case run%2 != 0:
			return false
		default:
			run = 0
		}
	}
	return true
}

// latin1 is MySQL's character set of that name: Windows-1252, and the five bytes that it
// leaves out stand for themselves.
func latin1(r rune) (byte, bool) {
	if r < 0x100 && (r < 0x80 || r >= 0xA0 || r == 0x81 || r == 0x8D || r == 0x8F || r == 0x90 || r == 0x9D) {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
