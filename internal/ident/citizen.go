package ident

// citizenWeights are those of ISO 7064 MOD 11-2: 2^(17−i) mod 11.
var citizenWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const citizenChecks = "10X98765432"

// CitizenID judges a 公民身份号码 of 18 characters: digits, an upper-case X at
// the end at most, a province of GB/T 2260 (or 81, 82, 83: residence permits of
// 港澳台), a date that exists between 1800 and 2099, and the check character
// (GB 11643-1999, 4.2). Whether a birth date lies in the future is for a check
// that knows the day.
func CitizenID(s []byte) Reason {
	if len(s) == 15 {
		return oldCitizenID(s)
	}
	if len(s) != 18 {
		return Length
	}
	for _, c := range s[:17] {
		if c < '0' || c > '9' {
			return Character
		}
	}
	if c := s[17]; c != 'X' && (c < '0' || c > '9') {
		return Character
	}
	if !province(number(s[:2])) {
		return Region
	}
	if year := number(s[6:10]); year < 1800 || year > 2099 || !dateExists(year, number(s[10:12]), number(s[12:14])) {
		return Date
	}
	if citizenCheck(s) != s[17] {
		return Check
	}
	return Valid
}

// oldCitizenID tells a good 15-digit number (OldForm) from a bad one.
func oldCitizenID(s []byte) Reason {
	for _, c := range s {
		if c < '0' || c > '9' {
			return Character
		}
	}
	if !province(number(s[:2])) {
		return Region
	}
	if !dateExists(1900+number(s[6:8]), number(s[8:10]), number(s[10:12])) {
		return Date
	}
	return OldForm
}

// LiftCitizenID makes 18 characters of a well-formed 15-digit number: 19 before
// the year, the check character at the end (GB 11643-1999). Numbers of 15 digits
// with the sequences 996 to 999 belonged to persons born before 1900, whose
// century is 18. Anything else comes back as it was, with false.
func LiftCitizenID(s string) (string, bool) {
	if len(s) != 15 {
		return s, false
	}
	var b [18]byte
	copy(b[:6], s)
	copy(b[6:8], "19")
	if s[12:] >= "996" {
		copy(b[6:8], "18")
	}
	copy(b[8:17], s[6:])
	for _, c := range b[:17] {
		if c < '0' || c > '9' {
			return s, false
		}
	}
	b[17] = citizenCheck(b[:])
	if CitizenID(b[:]) != Valid {
		return s, false
	}
	return string(b[:]), true
}

// CompleteCitizenID appends the check character to 17 digits; for generators of
// test data.
func CompleteCitizenID(digits string) string {
	return digits + string(citizenCheck([]byte(digits)))
}

// citizenCheck is the check character of the first 17 digits.
func citizenCheck(s []byte) byte {
	sum := 0
	for i, w := range citizenWeights {
		sum += int(s[i]-'0') * w
	}
	return citizenChecks[sum%11]
}

// province tells whether two digits begin a division code of GB/T 2260, or are
// 81 to 83.
func province(p int) bool {
	switch {
	case p >= 11 && p <= 15, p >= 21 && p <= 23, p >= 31 && p <= 37, p >= 41 && p <= 46,
		p >= 50 && p <= 54, p >= 61 && p <= 65, p == 71, p >= 81 && p <= 83:
		return true
	}
	return false
}

// number reads ASCII digits.
func number(s []byte) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

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
