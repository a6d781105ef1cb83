package checks

import (
	"bytes"
	"strings"
)

// compareDecimal compares two canonical decimals in text: an optional minus, digits
// without leading zeros (but for a single 0), and an optional point with digits.
// Trailing zeros of the fraction do not matter.
func compareDecimal(a, b []byte) int {
	signA, signB := sign(a), sign(b)
	if signA != signB || signA == 0 {
		return signA - signB
	}
	if signA < 0 {
		a, b = b[1:], a[1:]
	}
	wholeA, fractionA, _ := bytes.Cut(a, point)
	wholeB, fractionB, _ := bytes.Cut(b, point)
	if len(wholeA) != len(wholeB) {
		return len(wholeA) - len(wholeB)
	}
	if c := bytes.Compare(wholeA, wholeB); c != 0 {
		return c
	}
	return bytes.Compare(bytes.TrimRight(fractionA, "0"), bytes.TrimRight(fractionB, "0"))
}

var point = []byte(".")

// sign is -1, 0 or 1.
func sign(s []byte) int {
	zero := true
	for _, c := range s {
		zero = zero && (c == '-' || c == '0' || c == '.')
	}
	switch {
	case zero:
		return 0
	case s[0] == '-':
		return -1
	}
	return 1
}

// canonical brings a plain decimal into the form compareDecimal reads.
func canonical(s string) []byte {
	minus := strings.HasPrefix(s, "-")
	whole, fraction, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if minus {
		whole = "-" + whole
	}
	return []byte(whole)
}
