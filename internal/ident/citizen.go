package ident

// CitizenID judges a 公民身份号码 of 18 characters: digits, an upper-case X at
// the end at most, a province of GB/T 2260 (or 810000, 820000, 830000: residence
// permits of 港澳台, which have no other address code), a date that exists between
// 1800 and 2099, and the check character (GB 11643-1999, 4.2). Whether a birth date
// lies in the future is for a check that knows the day.
func CitizenID(s []byte) Reason {
	if len(s) == 15 {
		return oldCitizenID(s)
	}
	if len(s) != 18 {
		return Length
	}
	first, second, digits := seventeen(s)
	if c := s[17]; !digits || c != 'X' && (c < '0' || c > '9') {
		return Character
	}
	if !address(s) {
		return Region
	}
	if year := two(s, 6)*100 + two(s, 8); year < 1800 || year > 2099 || !dateExists(year, two(s, 10), two(s, 12)) {
		return Date
	}
	if checkOver(first, second, s[16]) != s[17] {
		return Check
	}
	return Valid
}

// address tells whether the first two digits are a province, and the first six one of
// the three codes of 港澳台 residents if they begin as those do.
func address(s []byte) bool {
	p := two(s, 0)
	return province(p) && (p < 81 || s[2] == '0' && s[3] == '0' && s[4] == '0' && s[5] == '0')
}

// oldCitizenID tells a good 15-digit number (OldForm) from a bad one.
func oldCitizenID(s []byte) Reason {
	for _, c := range s {
		if c < '0' || c > '9' {
			return Character
		}
	}
	if p := two(s, 0); !province(p) || p > 80 { // permits of 港澳台 residents never had 15
		return Region
	}
	if !dateExists(1900+two(s, 6), two(s, 8), two(s, 10)) {
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
	first, second, digits := seventeen(b[:])
	if !digits {
		return s, false
	}
	b[17] = checkOver(first, second, b[16])
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

// citizenCheck is the check character of the first 17 characters, which are digits.
func citizenCheck(s []byte) byte {
	first, second, _ := seventeen(s)
	return checkOver(first, second, s[16])
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
