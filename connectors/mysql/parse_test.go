package mysql

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

// FuzzParseDecimal holds the parser against math/big: what it takes it reads exactly, and
// what it refuses is no decimal of so many digits.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0.00", "12.30", "+7", ".5", "5.", ".", "-", "", "1e3", "99999999999999999999999999999999999999", "000001", "1.2.3", "１"} {
		f.Add([]byte(s), uint8(38), uint8(2))
	}
	form := regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$`)
	f.Fuzz(func(t *testing.T, text []byte, digits, scale uint8) {
		digits = digits%38 + 1
		scale %= digits + 1
		got, ok := parseDecimal(text, int(digits), int(scale))
		s := string(text)
		if !form.MatchString(s) {
			if ok {
				t.Fatalf("%q was read as a decimal", s)
			}
			return
		}
		want, _ := new(big.Rat).SetString(s)
		if want == nil {
			t.Fatalf("math/big refuses %q", s)
		}
		_, behind, _ := strings.Cut(s, ".")
		want.Mul(want, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
		fits := len(behind) <= int(scale) && new(big.Int).Abs(want.Num()).Cmp(limit) < 0
		if ok != fits {
			t.Fatalf("%q as decimal(%d,%d): read %v, fits %v", s, digits, scale, ok, fits)
		}
		if ok && (!want.IsInt() || got.BigInt().Cmp(want.Num()) != 0) {
			t.Fatalf("%q as decimal(%d,%d) is %s", s, digits, scale, got.BigInt())
		}
	})
}

func FuzzAppendBits(f *testing.F) {
	f.Add([]byte{1})
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := appendBits(nil, b)
		if ok != (len(b) <= 8) {
			t.Fatalf("%d bytes: %v", len(b), ok)
		}
		if ok && string(got) != new(big.Int).SetBytes(b).String() {
			t.Fatalf("%x is %s", b, got)
		}
	})
}

func FuzzParseWhole(f *testing.F) {
	for _, s := range []string{"0", "-0", "007", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "", "-", "+1", "1.0", "１"} {
		f.Add([]byte(s))
	}
	form := regexp.MustCompile(`^-?[0-9]+$`)
	f.Fuzz(func(t *testing.T, text []byte) {
		n, negative, ok := parseWhole(text)
		want, fits := new(big.Int), form.Match(text)
		if fits {
			want.SetString(string(text), 10)
			fits = want.IsInt64() || want.IsUint64()
		}
		if ok != fits {
			t.Fatalf("%q: read %v, fits %v", text, ok, fits)
		}
		got := new(big.Int).SetUint64(n)
		if negative {
			got.Neg(got)
		}
		if ok && got.Cmp(want) != 0 {
			t.Fatalf("%q is %s", text, got)
		}
	})
}
