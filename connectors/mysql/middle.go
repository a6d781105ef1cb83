package mysql

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"
)

// middle guesses a value half way from low to high, both shown values, and behind low. ok is false where there is none, or none that one would guess: any value
// makes a right cut, and the server says how even it is.
func (c column) middle(low, high string) (shown string, ok bool) {
	switch c.order() {
	case byNumber:
		return middleNumber(low, high)
	case byDay, byTime:
		return c.middleTime(low, high)
	case byBytes, byText:
		a, err1 := hex.DecodeString(low)
		b, err2 := hex.DecodeString(high)
		if err1 != nil || err2 != nil {
			return "", false
		}
		m, ok := middleBytes(a, b)
		if c.order() == byText {
			m, ok = c.middleText(a, b)
		}
		return strings.ToUpper(hex.EncodeToString(m)), ok
	}
	return "", false
}

// between is half way from low to high, at least one above low; ok is false where high is not.
func between(low, high *big.Int) (*big.Int, bool) {
	way := new(big.Int).Sub(high, low)
	if way.Sign() <= 0 {
		return nil, false
	}
	step := new(big.Int).Rsh(way, 1)
	if step.Sign() == 0 {
		step.SetInt64(1)
	}
	return step.Add(step, low), true
}

// middleNumber takes numbers of one scale, as a column shows them.
func middleNumber(low, high string) (string, bool) {
	_, behind, _ := strings.Cut(low, ".")
	a, ok1 := new(big.Int).SetString(strings.Replace(low, ".", "", 1), 10)
	b, ok2 := new(big.Int).SetString(strings.Replace(high, ".", "", 1), 10)
	if !ok1 || !ok2 {
		return "", false
	}
	m, ok := between(a, b)
	if !ok {
		return "", false
	}
	if behind == "" {
		return m.String(), true
	}
	digits := new(big.Int).Abs(m).String()
	digits = strings.Repeat("0", max(0, len(behind)+1-len(digits))) + digits
	at := len(digits) - len(behind)
	sign := ""
	if m.Sign() < 0 {
		sign = "-"
	}
	return sign + digits[:at] + "." + digits[at:], true
}

func (c column) middleTime(low, high string) (string, bool) {
	a, _ := calendar(low) // no day at all counts as the first
	b, ok := calendar(high)
	if !ok {
		return "", false
	}
	form, unit := timeForm, time.Microsecond
	if c.order() == byDay {
		form, unit = dayForm, 24*time.Hour
	}
	seconds := func(t time.Time) *big.Int {
		n := new(big.Int).Mul(big.NewInt(t.Unix()), big.NewInt(1e9))
		return n.Add(n, big.NewInt(int64(t.Nanosecond()))).Div(n, big.NewInt(int64(unit)))
	}
	m, ok := between(seconds(a), seconds(b))
	if !ok {
		return "", false
	}
	m.Mul(m, big.NewInt(int64(unit)))
	s, n := new(big.Int).DivMod(m, big.NewInt(1e9), new(big.Int))
	return time.Unix(s.Int64(), n.Int64()).UTC().Format(form), true
}

// middleBytes looks at the eight bytes behind what the ends have in common.
func middleBytes(a, b []byte) ([]byte, bool) {
	i := common(a, b)
	value := func(s []byte) *big.Int {
		eight := make([]byte, 8)
		copy(eight, s[min(i, len(s)):])
		return new(big.Int).SetBytes(eight)
	}
	m, ok := between(value(a), value(b))
	if !ok {
		return nil, false
	}
	return append(bytes.Clone(a[:i]), m.FillBytes(make([]byte, 8))...), true
}

func common(a, b []byte) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// signs are those that keys are made of, in the order they have in nearly all collations.
const (
	signs       = "0123456789abcdefghijklmnopqrstuvwxyz"
	signsByCase = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// middleText looks at the signs behind what the ends have in common. Where they part in
// letters beyond ASCII it goes by code point, as collations without a table for them do.
func (c column) middleText(a, b []byte) ([]byte, bool) {
	alphabet := signsByCase
	if !strings.HasSuffix(c.collation, "_bin") {
		alphabet, a, b = signs, lower(a), lower(b)
	}
	i := common(a, b)
	unicode := strings.HasPrefix(c.charset, "utf8")
	for unicode && i > 0 && i < len(a) && !utf8.RuneStart(a[i]) {
		i--
	}
	if i < len(a) && i < len(b) && a[i] >= utf8.RuneSelf && b[i] >= utf8.RuneSelf {
		x, _ := utf8.DecodeRune(a[i:])
		y, _ := utf8.DecodeRune(b[i:])
		m := x + max(1, (y-x)/2)
		if !unicode || x == utf8.RuneError || y <= x || !utf8.ValidRune(m) {
			return nil, false
		}
		return utf8.AppendRune(bytes.Clone(a[:i]), m), true
	}
	if i > 0 && !utf8.Valid(a[:i]) && unicode {
		return nil, false
	}
	m, ok := between(digits(a[i:], alphabet), digits(b[i:], alphabet))
	if !ok {
		return nil, false
	}
	return append(bytes.Clone(a[:i]), spell(m, alphabet)...), true
}

// lower folds ASCII alone: the bytes may be of any character set.
func lower(s []byte) []byte {
	out := bytes.Clone(s)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] += 'a' - 'A'
		}
	}
	return out
}

// spelled is how many signs are looked at.
const spelled = 16

// digits reads a text as a number whose digits are signs; 0 is its end, and what is no sign
// counts as the next sign below it.
func digits(s []byte, alphabet string) *big.Int {
	n, base := new(big.Int), big.NewInt(int64(len(alphabet)+1))
	for i := range spelled {
		d := 0
		if i < len(s) {
			for d < len(alphabet) && alphabet[d] <= s[i] {
				d++
			}
		}
		n.Mul(n, base).Add(n, big.NewInt(int64(d)))
	}
	return n
}

// spell writes such a number as a text again.
func spell(n *big.Int, alphabet string) []byte {
	out, base, d := make([]byte, spelled), big.NewInt(int64(len(alphabet)+1)), new(big.Int)
	end := spelled
	for i := spelled - 1; i >= 0; i-- {
		n, d = new(big.Int).QuoRem(n, base, d)
		if d.Sign() == 0 {
			end = i // a text ends at its first 0
			continue
		}
		out[i] = alphabet[d.Int64()-1]
	}
	return out[:end]
}
