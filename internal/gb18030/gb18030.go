// Package gb18030 turns GB 18030-2022 and GBK into UTF-8, whole: with the characters
// that golang.org/x/text makes U+FFFD of without a word.
package gb18030

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Table holds the 23 940 two-byte characters of GB 18030. Any number of goroutines may
// decode with one.
type Table struct{ pairs []rune }

const trails = 190 // second bytes 40–7E and 80–FE

// New takes the characters from x/text and adds the 2 067 that it turns
// into U+FFFD without a word: those of GB 18030-2022 that earlier editions had
// in the private use area, and that area itself, where departments keep rare
// characters of names.
func New() *Table {
	var all []byte
	for lead := 0x81; lead <= 0xFE; lead++ {
		for trail := 0x40; trail <= 0xFE; trail++ {
			if trail != 0x7F {
				all = append(all, byte(lead), byte(trail), '\n')
			}
		}
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(all)
	t := &Table{pairs: make([]rune, 126*trails)}
	if err == nil { // the decoder replaces, it has no errors
		for i, line := range bytes.Split(bytes.TrimSuffix(decoded, []byte{'\n'}), []byte{'\n'}) {
			if r, n := utf8.DecodeRune(line); r != utf8.RuneError && n == len(line) {
				t.pairs[i] = r
			}
		}
	}
	for _, r := range beyondXText() {
		at := pairAt(byte(r.code>>8), byte(r.code))
		for i := range r.count {
			if t.pairs[at+i] == 0 {
				t.pairs[at+i] = r.first + rune(i)
			}
		}
	}
	return t
}

func pairAt(lead, trail byte) int {
	at := int(lead-0x81)*trails + int(trail) - 0x40
	if trail > 0x7F {
		at--
	}
	return at
}

// run is a run of codes that stand for a run of characters.
type run struct {
	code  uint16
	first rune
	count int
}

// beyondXText lists GB 18030-2022, the two-byte part: first the 18 codes that
// left the private use area, then that area (user-defined zones 1–3 and the
// gaps between the standard's own rows).
func beyondXText() []run {
	return []run{
		{0xA6D9, 0xFE10, 1}, {0xA6DA, 0xFE12, 1}, {0xA6DB, 0xFE11, 1}, {0xA6DC, 0xFE13, 4}, {0xA6EC, 0xFE17, 2}, {0xA6F3, 0xFE19, 1},
		{0xFE59, 0x9FB4, 1}, {0xFE61, 0x9FB5, 1}, {0xFE66, 0x9FB6, 2}, {0xFE6D, 0x9FB8, 1}, {0xFE7E, 0x9FB9, 1}, {0xFE90, 0x9FBA, 1}, {0xFEA0, 0x9FBB, 1},

		{0xAAA1, 0xE000, 94}, {0xABA1, 0xE05E, 94}, {0xACA1, 0xE0BC, 94}, {0xADA1, 0xE11A, 94}, {0xAEA1, 0xE178, 94}, {0xAFA1, 0xE1D6, 94},
		{0xF8A1, 0xE234, 94}, {0xF9A1, 0xE292, 94}, {0xFAA1, 0xE2F0, 94}, {0xFBA1, 0xE34E, 94}, {0xFCA1, 0xE3AC, 94}, {0xFDA1, 0xE40A, 94}, {0xFEA1, 0xE468, 94},
		{0xA140, 0xE4C6, 96}, {0xA240, 0xE526, 96}, {0xA340, 0xE586, 96}, {0xA440, 0xE5E6, 96}, {0xA540, 0xE646, 96}, {0xA640, 0xE6A6, 96}, {0xA740, 0xE706, 96},

		{0xA2AB, 0xE766, 6}, {0xA2E4, 0xE76D, 1}, {0xA2EF, 0xE76E, 2}, {0xA2FD, 0xE770, 2}, {0xA4F4, 0xE772, 11}, {0xA5F7, 0xE77D, 8},
		{0xA6B9, 0xE785, 8}, {0xA6F6, 0xE797, 9}, {0xA7C2, 0xE7A0, 15}, {0xA7F2, 0xE7AF, 13}, {0xA896, 0xE7BC, 11}, {0xA8BC, 0xE7C7, 1},
		{0xA8C1, 0xE7C9, 4}, {0xA8EA, 0xE7CD, 21}, {0xA958, 0xE7E2, 1}, {0xA95B, 0xE7E3, 1}, {0xA95D, 0xE7E4, 3}, {0xA997, 0xE7F4, 13},
		{0xA9F0, 0xE801, 15}, {0xD7FA, 0xE810, 5}, {0xFE51, 0xE816, 3}, {0xFE6C, 0xE831, 1}, {0xFE76, 0xE83B, 1}, {0xFE91, 0xE855, 1},
	}
}

// Decode turns GB 18030, or its two-byte part alone (GBK, where 80 is the euro sign),
// into UTF-8, and returns how many bytes it wrote and read. It stops before a character
// that is not whole unless last is set, and where dst has fewer than 8 bytes left.
// Bytes that are no character pass as they are: beside decoded text they never form
// valid UTF-8, so that utf8.Valid tells of them.
func (t *Table) Decode(dst, src []byte, gbk, last bool) (written, read int) {
	for read < len(src) && written+8 <= len(dst) {
		c := src[read]
		if c < 0x80 {
			dst[written] = c
			written, read = written+1, read+1
			continue
		}
		if c != 0x80 && c != 0xFF && read+1 >= len(src) && !last {
			break
		}
		if c != 0x80 && c != 0xFF && read+1 < len(src) {
			trail := src[read+1]
			if trail >= 0x40 && trail != 0x7F && trail != 0xFF {
				if r := t.pairs[pairAt(c, trail)]; r >= 0x800 && r < 0x10000 {
					dst[written], dst[written+1], dst[written+2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF
					written, read = written+3, read+2
					continue
				} else if r != 0 {
					written += utf8.EncodeRune(dst[written:], r)
					read += 2
					continue
				}
			} else if trail-'0' <= 9 && !gbk {
				if len(src)-read < 4 && !last {
					break
				}
				if n := four(dst[written:], src[read:]); n > 0 {
					written, read = written+n, read+4
					continue
				}
			}
		}
		if c == 0x80 && gbk {
			written += utf8.EncodeRune(dst[written:], '€')
			read++
			continue
		}
		dst[written] = c
		written, read = written+1, read+1
	}
	return written, read
}

// four decodes a four-byte character; 0 if there is none.
func four(dst, src []byte) int {
	if len(src) < 4 || src[2] < 0x81 || src[2] == 0xFF || src[3]-'0' > 9 {
		return 0
	}
	linear := ((rune(src[0]-0x81)*10+rune(src[1]-'0'))*126+rune(src[2]-0x81))*10 + rune(src[3]-'0')
	const supplementary = 189000 // 90308130 is U+10000
	if linear >= supplementary {
		if r := linear - supplementary + 0x10000; r <= utf8.MaxRune {
			return utf8.EncodeRune(dst, r)
		}
		return 0
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(src[:4])
	if r, n := utf8.DecodeRune(out); err != nil || r == utf8.RuneError || n != len(out) {
		return 0
	}
	return copy(dst, out)
}
