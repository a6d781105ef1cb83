package ident

import "encoding/binary"

// The weights of ISO 7064 MOD 11-2, 2^(17−i) mod 11, are 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8
// 4 2. Eight digits lie in a word as two times four, each in 16 bits; a product with
// four weights, the first in the highest place, has their weighted sum on top: at most
// 4 × 9 × 10, so nothing is carried into it.
const (
	everySecond  = 0x00FF00FF00FF00FF
	weights0246  = 7<<48 | 10<<32 | 8<<16 | 2
	weights1357  = 9<<48 | 5<<32 | 4<<16 | 1
	weights8to14 = 6<<48 | 7<<32 | 10<<16 | 8
	weights9to15 = 3<<48 | 9<<32 | 5<<16 | 4
	weight16     = 2

	citizenChecks = "10X98765432"
)

// seventeen reads the first 16 of 17 digits into two words, a digit's value a byte, and
// tells whether all are digits. s has at least 17 bytes.
func seventeen(s []byte) (first, second uint64, digits bool) {
	first = binary.LittleEndian.Uint64(s) ^ 0x3030303030303030
	second = binary.LittleEndian.Uint64(s[8:]) ^ 0x3030303030303030
	const above9 = 0x7676767676767676
	odd := (first + above9) | first | (second + above9) | second
	return first, second, odd&0x8080808080808080 == 0 && s[16]-'0' <= 9
}

// checkOver is the check character over what seventeen read and the last digit.
func checkOver(first, second uint64, last byte) byte {
	sum := (first&everySecond)*weights0246>>48 + (first>>8&everySecond)*weights1357>>48 +
		(second&everySecond)*weights8to14>>48 + (second>>8&everySecond)*weights9to15>>48 + uint64(last-'0')*weight16
	return citizenChecks[sum%11]
}

// two reads two ASCII digits.
func two(s []byte, at int) int { return int(s[at])*10 + int(s[at+1]) - '0'*11 }

func dateExists(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	last := 31
	switch month {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			last = 29
		}
	}
	return day <= last
}
