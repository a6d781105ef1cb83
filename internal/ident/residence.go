package ident

// PermanentResidence judges the number of a 外国人永久居留身份证. Cards since 2023
// have 18 digits: 9, two of the province that received the application (GB/T 2260),
// three of the country (ISO 3166-1 numeric), the birth date, three of a sequence and
// the check character of ISO 7064 MOD 11-2, as GB 11643 has it. Cards before had 15
// signs: three capitals of the country, four digits of the place, the birth date as
// YYMMDD and two digits; the rule of their last digit is not published, so that
// it is not judged. They are OldForm where all else is right.
func PermanentResidence(s []byte) Reason {
	if len(s) == 15 {
		return oldResidence(s)
	}
	if len(s) != 18 {
		return Length
	}
	first, second, digits := seventeen(s)
	if c := s[17]; !digits || s[0] != '9' || c != 'X' && (c < '0' || c > '9') {
		return Character
	}
	if p := two(s, 1); !province(p) || p > 80 || s[3] == '0' && two(s, 4) == 0 {
		return Region
	}
	if year := two(s, 6)*100 + two(s, 8); year < 1850 || year > 2099 || !dateExists(year, two(s, 10), two(s, 12)) {
		return Date
	}
	if checkOver(first, second, s[16]) != s[17] {
		return Check
	}
	return Valid
}

func oldResidence(s []byte) Reason {
	for i, c := range s {
		if i < 3 && (c < 'A' || c > 'Z') || i >= 3 && (c < '0' || c > '9') {
			return Character
		}
	}
	if p := two(s, 3); !province(p) || p > 80 {
		return Region
	}
	year, month, day := two(s, 7), two(s, 9), two(s, 11)
	if !dateExists(1900+year, month, day) && !dateExists(2000+year, month, day) {
		return Date
	}
	return OldForm
}
