package gb18030_test

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"guiji/internal/gb18030"
)

func decode(t *gb18030.Table, s string, gbk bool) string {
	dst := make([]byte, 4*len(s)+8)
	n, _ := t.Decode(dst, []byte(s), gbk, true)
	return string(dst[:n])
}

// Codes that x/text drops, four-byte characters, and bytes that are none.
func TestDecode(t *testing.T) {
	table := gb18030.New()
	for _, c := range []struct {
		bytes string
		gbk   bool
		want  string
	}{
		{"\xB9\xE9\xBC\xAF", false, "归集"},
		{"\xFE\x59\xFE\x61\xA6\xD9", false, "\u9FB4\u9FB5\uFE10"},
		{"\x95\x34\xB2\x35\x81\x30\x81\x30", false, "𠮷\u0080"},
		{"\x80", true, "€"}, {"A\xAA\xA1", true, "A\uE000"},
	} {
		if got := decode(table, c.bytes, c.gbk); got != c.want {
			t.Errorf("% x became %q, wanted %q", c.bytes, got, c.want)
		}
	}
	for _, bad := range []string{"\xFF", "\xB9", "\xB9\x20", "\x81\x30\x81", "\xFE\x39\xFE\x39", "\xBA\xC3\x80"} {
		if got := decode(table, bad, false); utf8.ValidString(got) {
			t.Errorf("% x passes for %q", bad, got)
		}
	}
}

// What x/text knows reads alike here.
func TestAgreesWithXText(t *testing.T) {
	table := gb18030.New()
	for r := rune(0x4E00); r < 0x9FA6; r++ {
		raw, err := simplifiedchinese.GB18030.NewEncoder().String(string(r))
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(table, raw, false); got != string(r) {
			t.Fatalf("%U reads as %q", r, got)
		}
	}
}
