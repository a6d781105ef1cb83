package standardize

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/internal/text"
)

// number is a decimal number taken apart: sign, digits before the point without
// leading zeros, digits after it as written.
type number struct {
	neg   bool
	whole []byte
	frac  []byte
	plain bool // written without plus, superfluous zeros in front, or a bare point
}

// readNumber reads [+-]digits[.digits] and nothing else: commas, exponents and
// units are not guessed at.
func readNumber(b []byte) (n number, ok bool) {
	n.plain = true
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		n.neg, n.plain = b[0] == '-', b[0] == '-'
		b = b[1:]
	}
	whole, frac, point := bytes.Cut(b, []byte{'.'})
	if len(whole)+len(frac) == 0 || !allDigits(whole) || !allDigits(frac) {
		return n, false
	}
	if len(whole) == 0 || (point && len(frac) == 0) || (len(whole) > 1 && whole[0] == '0') {
		n.plain = false
	}
	n.whole, n.frac = bytes.TrimLeft(whole, "0"), frac
	if n.neg && len(n.whole) == 0 && len(bytes.TrimLeft(frac, "0")) == 0 {
		n.neg, n.plain = false, false // minus zero
	}
	return n, true
}

// fit says whether n is an N(precision,scale); trailing zeros beyond the scale
// are no digits.
func (n *number) fit(precision, scale int) text.Key {
	if len(n.frac) > scale {
		n.plain = false
		n.frac = bytes.TrimRight(n.frac[scale:], "0")
		if len(n.frac) > 0 {
			return reasonDecimals
		}
	}
	if len(n.whole) > precision-scale {
		return reasonLarge
	}
	return ""
}

// cut is n.fit that keeps the digits within the scale.
func (n *number) cut(precision, scale int) text.Key {
	kept := n.frac[:min(len(n.frac), scale)]
	why := n.fit(precision, scale)
	if len(kept) < scale {
		n.plain = false
	}
	n.frac = kept
	return why
}

// unscaled is the number times 10^scale; it has at most 38 digits.
func (n *number) unscaled(scale int) decimal128.Num {
	var hi, lo uint64
	hi, lo = accumulate(hi, lo, n.whole)
	hi, lo = accumulate(hi, lo, n.frac)
	for range scale - len(n.frac) {
		hi, lo = timesTen(hi, lo, 0)
	}
	v := decimal128.New(int64(hi), lo)
	if n.neg {
		return v.Negate()
	}
	return v
}

func accumulate(hi, lo uint64, digits []byte) (uint64, uint64) {
	for _, d := range digits {
		hi, lo = timesTen(hi, lo, uint64(d-'0'))
	}
	return hi, lo
}

func timesTen(hi, lo, digit uint64) (uint64, uint64) {
	if hi == 0 && lo < math.MaxUint64/16 {
		return 0, lo*10 + digit
	}
	over, low := bits.Mul64(lo, 10)
	low, carry := bits.Add64(low, digit, 0)
	return hi*10 + over + carry, low
}

// appendText is the canonical text with exactly scale decimals.
func (n *number) appendText(dst []byte, scale int) []byte {
	if n.neg {
		dst = append(dst, '-')
	}
	if len(n.whole) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, n.whole...)
	if scale == 0 {
		return dst
	}
	dst = append(append(dst, '.'), n.frac...)
	for range scale - len(n.frac) {
		dst = append(dst, '0')
	}
	return dst
}

// readInteger reads what most cells of an integer column are: up to 18 digits
// with or without a minus, canonical.
func readInteger(b []byte) (v int64, ok bool) {
	neg := len(b) > 1 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 18 || (b[0] == '0' && (len(b) > 1 || neg)) {
		return 0, false
	}
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	if neg {
		return -v, true
	}
	return v, true
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// appendDecimal is the canonical text of a decimal.
func appendDecimal(dst []byte, v decimal128.Num, scale int) []byte {
	if v.Sign() < 0 {
		dst, v = append(dst, '-'), v.Negate()
	}
	var digits [40]byte
	at := len(digits)
	hi, lo := uint64(v.HighBits()), v.LowBits()
	for hi != 0 {
		var rem uint64
		hi, rem = hi/10, hi%10
		lo, rem = bits.Div64(rem, lo, 10)
		at--
		digits[at] = byte('0' + rem)
	}
	for ; lo != 0 || len(digits)-at <= scale; lo /= 10 {
		at--
		digits[at] = byte('0' + lo%10)
	}
	point := len(digits) - max(scale, 0)
	dst = append(dst, digits[at:point]...)
	if scale > 0 {
		dst = append(append(dst, '.'), digits[point:]...)
	}
	return dst
}

// appendFloat is the shortest text that reads back as v, in the form DuckDB and
// Python print: a point always, an exponent below 1e-4 and from 1e16.
func appendFloat(dst []byte, v float64, bitSize int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "nan"...)
	case math.IsInf(v, 0):
		return append(dst, map[bool]string{true: "inf", false: "-inf"}[v > 0]...)
	}
	start := len(dst)
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, v, 'e', -1, bitSize)
	}
	dst = strconv.AppendFloat(dst, v, 'f', -1, bitSize)
	if bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

// readFloat reads a plain number or one with an exponent; not hexadecimal,
// infinite or NaN, and not what overflows.
func readFloat(b []byte) (float64, bool) {
	for _, c := range b {
		if c-'0' > 9 && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}
