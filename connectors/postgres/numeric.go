package postgres

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// Signs of a NUMERIC on the wire; all others are NaN and the infinities.
const (
	plus  = 0x0000
	minus = 0x4000
)

// numeric reads a NUMERIC's binary form (numeric_send): a count of digits of base 10 000,
// the weight of the first, a sign, the scale to show, the digits.
func numeric(v []byte, precision, scale int) (decimal128.Num, flaw) {
	if len(v) < 8 {
		return decimal128.Num{}, flawForm
	}
	count := int(binary.BigEndian.Uint16(v))
	weight := int(int16(binary.BigEndian.Uint16(v[2:])))
	sign := binary.BigEndian.Uint16(v[4:])
	if sign != plus && sign != minus {
		return decimal128.Num{}, flawNumber
	}
	digits := v[8:]
	if len(digits) != 2*count {
		return decimal128.Num{}, flawForm
	}
	var n unsigned
	left := scale + 4*(weight+1) // decimal places still to be filled, from the first digit on
	for ; len(digits) > 0; digits = digits[2:] {
		d := uint64(binary.BigEndian.Uint16(digits))
		if d > 9999 {
			return decimal128.Num{}, flawForm
		}
		if left < 4 { // what lies beyond the scale must be zeros
			cut := power(4 - max(left, 0))
			if d%cut != 0 {
				return decimal128.Num{}, flawNumber
			}
			d /= cut
		}
		if !n.push(power(min(4, max(left, 0))), d) {
			return decimal128.Num{}, flawNumber
		}
		left -= 4
	}
	for ; left > 0 && n != (unsigned{}); left -= 4 {
		if !n.push(power(min(4, left)), 0) {
			return decimal128.Num{}, flawNumber
		}
	}
	out := decimal128.New(int64(n.hi), n.lo)
	if n.hi>>63 != 0 || !out.FitsInPrecision(int32(precision)) {
		return decimal128.Num{}, flawNumber
	}
	if sign == minus {
		out = out.Negate()
	}
	return out, sound
}

// power of ten, 0 to 4.
func power(n int) uint64 { return [...]uint64{1, 10, 100, 1000, 10000}[n] }

// unsigned is a number of 128 bits.
type unsigned struct{ hi, lo uint64 }

// push multiplies and adds; false where 128 bits do not hold it.
func (u *unsigned) push(factor, d uint64) bool {
	over, hi := bits.Mul64(u.hi, factor)
	carry, lo := bits.Mul64(u.lo, factor)
	lo, c := bits.Add64(lo, d, 0)
	hi, c = bits.Add64(hi, carry, c)
	u.hi, u.lo = hi, lo
	return over == 0 && c == 0
}
