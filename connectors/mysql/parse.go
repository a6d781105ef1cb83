package mysql

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// parseDecimal reads [+-]digits[.digits] as an integer of 10^-scale. It refuses more
// digits than the column declares, more than scale behind the point, and all else:
// no rounding, no exponent.
func parseDecimal(b []byte, digits, scale int) (decimal128.Num, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	var hi, lo uint64
	significant, any := 0, false
	behind := -1 // digits behind the point, -1 before it
	for _, c := range b {
		if c == '.' && behind < 0 {
			behind = 0
			continue
		}
		d := c - '0'
		if d > 9 {
			return decimal128.Num{}, false
		}
		any = true
		if behind >= 0 {
			behind++
		}
		if significant > 0 || d > 0 {
			significant++
		}
		if behind > scale || significant > digits {
			return decimal128.Num{}, false
		}
		hi, lo = times10(hi, lo, uint64(d))
	}
	for behind = max(behind, 0); behind < scale; behind++ {
		if significant > 0 {
			significant++
		}
		hi, lo = times10(hi, lo, 0)
	}
	if !any || significant > digits {
		return decimal128.Num{}, false
	}
	n := decimal128.New(int64(hi), lo)
	if negative {
		n = n.Negate()
	}
	return n, true
}

// parseWhole reads [-]digits, any zeros before them, as 64 bits: of the number, or of the
// number without its sign.
func parseWhole(b []byte) (n uint64, negative, ok bool) {
	if len(b) > 0 && b[0] == '-' {
		negative, b = true, b[1:]
	}
	if len(b) == 0 {
		return 0, false, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if d > 9 || n > math.MaxUint64/10 || n*10 > math.MaxUint64-d {
			return 0, false, false
		}
		n = n*10 + d
	}
	return n, negative, !negative || n <= 1<<63
}

// times10 is 10x + d in 128 bits; 38 digits and less never overflow 127.
func times10(hi, lo, d uint64) (uint64, uint64) {
	carry, low := bits.Mul64(lo, 10)
	low, c := bits.Add64(low, d, 0)
	return hi*10 + carry + c, low
}

// appendBits writes up to 64 bits, most significant byte first, as a number.
func appendBits(to, b []byte) ([]byte, bool) {
	if len(b) > 8 {
		return to, false
	}
	var n uint64
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return strconv.AppendUint(to, n, 10), true
}
