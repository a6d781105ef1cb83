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
	for _, c := range s[:17] {
		if c < '0' || c > '9' {
			return Character
		}
	}
	if c := s[17]; s[0] != '9' || c != 'X' && (c < '0' || c > '9') {
		return Character
	}
	if p := number(s[1:3]); !province(p) || p > 80 || number(s[3:6]) == 0 {
		return Region
	}
	if year := number(s[6:10]); year < 1850 || year > 2099 || !dateExists(year, number(s[10:12]), number(s[12:14])) {
		return Date
	}
	if citizenCheck(s) != s[17] {
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
	if p := number(s[3:5]); !province(p) || p > 80 {
		return Region
	}
	year, month, day := number(s[7:9]), number(s[9:11]), number(s[11:13])
	if !dateExists(1900+year, month, day) && !dateExists(2000+year, month, day) {
		return Date
	}
	return OldForm
}
