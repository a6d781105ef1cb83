package checks

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A date is what time.Parse takes in one of the two forms, but for the year 0.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2020-02-29", "20200229", "2021-02-29", "0000-01-01", "2020/9/1", "20201301", "２０２０", "2020-02-2９", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for form, layouts := range map[string][]string{"": {time.DateOnly, "20060102"}, formExtended: {time.DateOnly}, formBasic: {"20060102"}} {
			want := false
			for _, layout := range layouts {
				at, err := time.Parse(layout, s)
				want = want || err == nil && at.Year() > 0
			}
			if got := isDate([]byte(s), form); got != want {
				t.Errorf("%q in form %q: %v, want %v", s, form, got, want)
			}
		}
	})
}

var (
	mobiles   = regexp.MustCompile(`\A(\+86)?1[3-9][0-9]{9}\z`)
	landlines = regexp.MustCompile(`\A((010|02[0-9])-?[2-8][0-9]{7}|0[3-9][0-9]{2}-?[2-8][0-9]{6,7})(-[0-9]{1,6})?\z`)
)

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"13800138000", "+8613800138000", "0635-8212345", "06358212345-801", "010-66001234", "02166001234", "0635--821234", "0635-", "0100000000", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := isMobile([]byte(s)), mobiles.MatchString(s); got != want {
			t.Errorf("%q is a mobile number: %v, want %v", s, got, want)
		}
		if got, want := isLandline([]byte(s)), landlines.MatchString(s); got != want {
			t.Errorf("%q is a landline: %v, want %v", s, got, want)
		}
	})
}

func FuzzLength(f *testing.F) {
	f.Add("张三丰是一个很长的名字", 3, 9)
	f.Add("𠮷𠮷abc", 2, 5)
	f.Fuzz(func(t *testing.T, s string, least, most int) {
		if !utf8.ValidString(s) || least < 0 || most < 0 || least > 1000 {
			return // utf8 columns hold nothing else
		}
		n := utf8.RuneCountInString(s)
		want := n < least || most > 0 && n > most
		if got := (LengthParams{Min: least, Max: most}).bad([]byte(s)); got != want {
			t.Errorf("%q of %d characters in %d..%d: bad %v, want %v", s, n, least, most, got, want)
		}
	})
}

// Verdicts are the same whether remembered or not, and only whole values match.
func FuzzRegex(f *testing.F) {
	f.Add("a|b", "ab", "a")
	f.Add("(?i)x.*", "X\n", "xy")
	f.Add("a)|(b", "a", "b")
	f.Fuzz(func(t *testing.T, pattern, a, b string) {
		re, err := (&RegexParams{Pattern: pattern}).compile()
		if err != nil {
			return
		}
		m := &remembered{verdict: map[string]bool{}, bad: func(v []byte) bool { return !re.Match(v) }}
		for range 3 {
			for _, s := range []string{a, b} {
				if got := m.judge([]byte(s)); got != !re.MatchString(s) {
					t.Errorf("%q on %q: %v", pattern, s, got)
				}
			}
		}
		if at := re.FindStringIndex(a); at != nil && (at[0] != 0 || at[1] != len(a)) {
			t.Errorf("%q matches a part of %q", pattern, a)
		}
	})
}

// Words found as bytes match what characters one by one do.
func FuzzLike(f *testing.F) {
	for _, s := range []string{"%试1%", "a%b%c", "%", "", "ab", "a%", "%b", "%%a%%", `\%%`, "a_%"} {
		f.Add(s, "a试1b%c")
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		parts, ok := likeParts(pattern)
		if !ok || !utf8.ValidString(pattern) || !utf8.ValidString(s) {
			return
		}
		if got, want := likeMatcher(pattern)([]byte(s)), matchesLike(parts, []byte(s)); got != want {
			t.Errorf("%q like %q: %v, want %v", s, pattern, got, want)
		}
	})
}

// The table of texts finds what a map finds.
func FuzzTextTable(f *testing.F) {
	f.Add("371502|1|张三||abcdefgh|abcdefghi|fifteen bytes..|sixteen bytes...|1", "371502")
	f.Add("a|a\x00|\x00", "\x00\x00")
	f.Fuzz(func(t *testing.T, known, asked string) {
		words := strings.Split(known, "|")
		numbers := map[string]int32{}
		for _, w := range words {
			if _, ok := numbers[w]; !ok {
				numbers[w] = int32(len(numbers))
			}
		}
		table := newTextTable(words)
		for _, w := range append(words, asked) {
			want, ok := numbers[w]
			if !ok {
				want = -1
			}
			if got := table.find([]byte(w)); got != want || table.count != int32(len(numbers)) {
				t.Errorf("%q among %q: %d, want %d", w, words, got, want)
			}
		}
	})
}

func FuzzDecimalText(f *testing.F) {
	f.Add("-1.50", "1.5")
	f.Add("00.10", "+0.1")
	f.Add("-0", "0.0")
	f.Fuzz(func(t *testing.T, a, b string) {
		ra, errA := decimalOf("min", Bound(a))
		rb, errB := decimalOf("min", Bound(b))
		if errA != nil || errB != nil || len(a)+len(b) > 200 {
			return
		}
		got, want := compareDecimal(canonical(a), canonical(b)), ra.Cmp(rb)
		if got > 0 != (want > 0) || got < 0 != (want < 0) {
			t.Errorf("%q against %q: %d, want %d", a, b, got, want)
		}
		for scale := range 3 {
			unit := new(big.Rat).SetFrac(big.NewInt(1), tenTo(scale))
			low := new(big.Rat).Mul(new(big.Rat).SetInt(floor(ra, scale)), unit)
			high := new(big.Rat).Mul(new(big.Rat).SetInt(ceil(ra, scale)), unit)
			if low.Cmp(ra) > 0 || high.Cmp(ra) < 0 || new(big.Rat).Sub(high, low).Cmp(unit) > 0 {
				t.Errorf("%q lies not between %v and %v", a, low, high)
			}
		}
	})
}

func TestRegexForgetsWhereValuesAreUnlike(t *testing.T) {
	asked := 0
	m := &remembered{verdict: map[string]bool{}, bad: func([]byte) bool { asked++; return false }}
	for i := range 3 * rememberTrial {
		m.judge([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
	}
	if m.verdict != nil || asked != 3*rememberTrial {
		t.Errorf("%d values kept, %d asked", len(m.verdict), asked)
	}
	asked = 0
	m = &remembered{verdict: map[string]bool{}, bad: func([]byte) bool { asked++; return false }}
	for i := range 3 * rememberTrial {
		m.judge([]byte{byte(i)})
	}
	if asked != 256 {
		t.Errorf("256 distinct values, %d asked", asked)
	}
}
