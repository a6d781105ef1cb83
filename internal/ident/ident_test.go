package ident

import (
	"strings"
	"testing"
)

func TestCitizenID(t *testing.T) {
	cases := []struct {
		in   string
		want Reason
	}{
		{"11010519491231002X", Valid}, // the example of GB 11643-1999
		{"440524188001010014", Valid}, // the standard's example of a birth in 1880
		{"11010519491231002x", Character},
		{"110105194912310021", Check},
		{"11010519490229002X", Date},
		{"11010519491331002X", Date},
		{"01010519491231002X", Region},
		{"1101051949123100", Length},
		{"", Length},
		{"110105491231002", OldForm},
		{"110105491331002", Date},
		{"11010549123100A", Character},
		{"9901054912310021", Length},
		{"1101051949123100２", Length},
		{"X10105194912310021", Character},
		{CompleteCitizenID("81000019900101001"), Valid}, // residents of Hong Kong, Macao, Taiwan
		{CompleteCitizenID("82000019900101001"), Valid},
		{CompleteCitizenID("83000019900101001"), Valid},
		{CompleteCitizenID("81010119900101001"), Region}, // their permits know no other address
		{CompleteCitizenID("83000119900101001"), Region},
		{CompleteCitizenID("80000019900101001"), Region},
		{CompleteCitizenID("84000019900101001"), Region},
		{"810000900101001", Region}, // and never had 15 digits
	}
	for _, c := range cases {
		if got := CitizenID([]byte(c.in)); got != c.want {
			t.Errorf("CitizenID(%q) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestLiftCitizenID(t *testing.T) {
	cases := []struct {
		in, want string
		ok       bool
	}{
		{"110105491231002", "11010519491231002X", true},
		{"440524800101999", "44052418800101999" + string(checkOf("44052418800101999")), true},
		{"110105491331002", "110105491331002", false},
		{"11010519491231002X", "11010519491231002X", false},
		{"11010549123100X", "11010549123100X", false},
	}
	for _, c := range cases {
		if got, ok := LiftCitizenID(c.in); got != c.want || ok != c.ok {
			t.Errorf("LiftCitizenID(%q) = %q, %v; want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func checkOf(s string) byte { return citizenCheck([]byte(s)) }

// Every change of one digit must be noticed: that is what MOD 11-2 promises.
func TestCitizenIDNoticesEverySubstitution(t *testing.T) {
	const good = "11010519491231002X"
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			b := []byte(good)
			if b[i] == d {
				continue
			}
			b[i] = d
			if CitizenID(b) == Valid {
				t.Errorf("digit %d changed to %c goes unnoticed", i, d)
			}
		}
	}
}

func TestCreditCode(t *testing.T) {
	cases := []struct {
		in   string
		want Reason
	}{
		{"91350100M000100Y43", Valid}, // the example of GB 32100-2015
		{"91350100M000100Y44", Check},
		{"91350100M000100Y4", Length},
		{"91350100M000100I43", Character},
		{"9135A100M000100Y43", Character},
		{"91350100m000100Y43", Character},
	}
	for _, c := range cases {
		if got := CreditCode([]byte(c.in)); got != c.want {
			t.Errorf("CreditCode(%q) = %v, want %v", c.in, got, c.want)
		}
	}
	if got := CreditCheck([]byte("91350100M000100Y4")); got != '3' {
		t.Errorf("CreditCheck = %c, want 3", got)
	}
	if got := CreditCheck([]byte("91350100I000100Y4")); got != 0 {
		t.Errorf("CreditCheck of a bad sign = %c, want 0", got)
	}
}

func TestCreditCodeNoticesEverySubstitution(t *testing.T) {
	const good = "91350100M000100Y43"
	for i := range 18 {
		for _, c := range []byte(creditAlphabet) {
			b := []byte(good)
			if b[i] == c {
				continue
			}
			b[i] = c
			if CreditCode(b) == Valid {
				t.Errorf("sign %d changed to %c goes unnoticed", i, c)
			}
		}
	}
}

func TestOrganisationCode(t *testing.T) {
	cases := map[string]Reason{
		"D2143569X": Valid, // the example of GB 11714-1997
		"M000100Y4": Valid, // within the example of GB 32100-2015
		"D21435690": Check,
		"D2143569Y": Character,
		"d2143569X": Character,
		"D214356":   Length,
	}
	for in, want := range cases {
		if got := OrganisationCode([]byte(in)); got != want {
			t.Errorf("OrganisationCode(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	id, code := []byte("11010519491231002X"), []byte("91350100M000100Y43")
	if n := testing.AllocsPerRun(100, func() { CitizenID(id); CreditCode(code) }); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}

// plainCheck is the standard's formula as it stands there: digit by digit.
func plainCheck(s string) byte {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// Words of eight digits give what single digits do, and know every byte that is none.
func TestSeventeenDigits(t *testing.T) {
	base := []byte("00000000000000000")
	for i := range base {
		for c := range 256 {
			s := append([]byte(nil), base...)
			s[i] = byte(c)
			first, second, digits := seventeen(s)
			if want := c >= '0' && c <= '9'; digits != want {
				t.Errorf("byte %#x at %d: digits %v", c, i, digits)
			} else if want && checkOver(first, second, s[16]) != plainCheck(string(s)) {
				t.Errorf("digit %c at %d has another check character", c, i)
			}
		}
	}
	if nines := "99999999999999999"; checkOf(nines) != plainCheck(nines) {
		t.Error("the greatest sum has another check character")
	}
}

func FuzzCitizenID(f *testing.F) {
	f.Add("11010519491231002X")
	f.Add("110105491231002")
	f.Add("810000199001010015")
	f.Fuzz(func(t *testing.T, s string) {
		if CitizenID([]byte(s)) == Valid && plainCheck(s) != s[17] {
			t.Errorf("%q is valid with another check character", s)
		}
		if PermanentResidence([]byte(s)) == Valid && plainCheck(s) != s[17] {
			t.Errorf("%q is a valid permit with another check character", s)
		}
		if CitizenID([]byte(s)) == Valid && (len(s) != 18 || strings.Trim(s[:17], "0123456789") != "") {
			t.Errorf("%q is taken for a citizen id", s)
		}
		if lifted, ok := LiftCitizenID(s); ok && CitizenID([]byte(lifted)) != Valid {
			t.Errorf("%q lifts to a bad number", s)
		}
	})
}

func FuzzCreditCode(f *testing.F) {
	f.Add("91350100M000100Y43")
	f.Fuzz(func(t *testing.T, s string) {
		why, sign := CreditCode([]byte(s)), CreditCheck([]byte(s))
		if why == Valid && sign != s[17] || why == Check && sign == s[17] {
			t.Errorf("%q is %v, its check character %c", s, why, sign)
		}
		OrganisationCode([]byte(s))
	})
}
