package discover

import (
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"guiji/catalog"
)

// mostName is how long a name made of pinyin may become.
const mostName = 40

// ascii writes a name in lower-case ASCII letters, digits and single underscores, beginning
// with a letter: Chinese in pinyin, everything else that is neither left out. "" if nothing is left.
func ascii(name string) string {
	var b strings.Builder
	apart := func() {
		if s := b.String(); s != "" && !strings.HasSuffix(s, "_") {
			b.WriteByte('_')
		}
	}
	hanzi := false // the last sign was one
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if hanzi {
				apart()
			}
			b.WriteRune(r)
			hanzi = false
		case unicode.Is(unicode.Han, r):
			apart()
			b.WriteString(syllable(r))
			hanzi = true
		default:
			apart()
			hanzi = false
		}
	}
	out := strings.Trim(b.String(), "_")
	if len(out) > mostName {
		out = out[:mostName]
		if at := strings.LastIndexByte(out, '_'); at > 0 {
			out = out[:at]
		}
	}
	return out
}

// syllable is the pinyin of a character without its tone; "" where it has none.
func syllable(r rune) string {
	for _, s := range pinyin.SinglePinyin(r, pinyin.NewArgs()) {
		return strings.ReplaceAll(s, "ü", "v")
	}
	return ""
}

// initials are the first letters of a Chinese name's pinyin: 姓名 is xm. Departments name
// columns so.
func initials(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch s := syllable(r); {
		case unicode.Is(unicode.Han, r) && s != "":
			b.WriteByte(s[0])
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// itemNames makes a name of each column that a catalogue takes: none twice, none that a
// release uses for columns of its own (docs/layout.md).
func itemNames(columns []column) []string {
	out := make([]string, len(columns))
	taken := map[string]bool{}
	for i, c := range columns {
		base := ascii(c.Name)
		switch {
		case base == "":
			base = fmt.Sprintf("col_%d", i+1)
		case base[0] < 'a':
			base = "c_" + base
		}
		if catalog.Virtual(base) || strings.HasSuffix(base, "_raw") || strings.HasSuffix(base, "_from") || base == "valid_to" {
			base += "_item"
		}
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[name] = true
		out[i] = name
	}
	return out
}

// resourceName makes the name of an entry's file out of a table's.
func resourceName(table string) string {
	switch base := ascii(stem(table)); {
	case base == "":
		return "table"
	case base[0] < 'a':
		return "t_" + base
	default:
		return base
	}
}

// stem is a table's name without what tells a file's kind.
func stem(table string) string {
	switch ext := strings.ToLower(path.Ext(table)); ext {
	case ".csv", ".txt", ".xlsx", ".parquet", ".jsonl":
		return table[:len(table)-len(ext)]
	}
	return table
}
