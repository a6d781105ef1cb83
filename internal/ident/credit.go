package ident

// creditAlphabet holds the 31 signs of GB 32100-2015: no I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditWeights are 3^(i−1) mod 31.
var creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// organisationWeights are those of GB 11714-1997.
var organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// creditValues maps a byte to its value in the alphabet, 255 outside it.
var creditValues = func() (v [256]uint8) {
	for i := range v {
		v[i] = 255
	}
	for i := range len(creditAlphabet) {
		v[creditAlphabet[i]] = uint8(i)
	}
	return v
}()

// creditTerms are, for each of the first 17 places, what a byte adds to the weighted
// sum; outside where it may not stand.
var creditTerms = func() (t [17][256]uint16) {
	for i := range t {
		for c := range t[i] {
			t[i][c] = outside
			if v := creditValues[c]; v != 255 && (i < 2 || i >= 8 || c <= '9') {
				t[i][c] = uint16(v) * uint16(creditWeights[i])
			}
		}
	}
	return t
}()

// outside is above every sum of terms: 17 times 30 times 30 at most.
const outside = 1 << 15

// CreditCode judges a 统一社会信用代码: 18 signs of the alphabet, the division
// (positions 3 to 8) in digits, and the check character (GB 32100-2015, 4.2, MOD 31).
// The organisation code within (positions 9 to 17) is not judged again:
// OrganisationCode does that.
func CreditCode(s []byte) Reason {
	if len(s) != 18 {
		return Length
	}
	sum, odd := uint(0), uint16(0)
	for i := range creditTerms {
		term := creditTerms[i][s[i]]
		sum, odd = sum+uint(term), odd|term
	}
	if odd >= outside || creditValues[s[17]] == 255 {
		return Character
	}
	if creditAlphabet[(31-sum%31)%31] != s[17] {
		return Check
	}
	return Valid
}

// CreditCheck is the check character of the first 17 signs; 0 if one of them is
// outside the alphabet or there are fewer.
func CreditCheck(s []byte) byte {
	if len(s) < 17 {
		return 0
	}
	for _, c := range s[:17] {
		if creditValues[c] == 255 {
			return 0
		}
	}
	return creditCheck(s)
}

func creditCheck(s []byte) byte {
	sum := 0
	for i, w := range creditWeights {
		sum += int(creditValues[s[i]]) * w
	}
	return creditAlphabet[(31-sum%31)%31]
}

// OrganisationCode judges the 9 signs of a 组织机构代码 without its hyphen
// (GB 11714-1997): 8 digits or capitals and a check character MOD 11, where X
// stands for 10.
func OrganisationCode(s []byte) Reason {
	if len(s) != 9 {
		return Length
	}
	sum := 0
	for i, c := range s[:8] {
		switch {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * organisationWeights[i]
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * organisationWeights[i]
		default:
			return Character
		}
	}
	var want byte
	switch check := 11 - sum%11; check {
	case 10:
		want = 'X'
	case 11:
		want = '0'
	default:
		want = byte('0' + check)
	}
	if s[8] != want {
		if c := s[8]; c != 'X' && (c < '0' || c > '9') {
			return Character
		}
		return Check
	}
	return Valid
}
