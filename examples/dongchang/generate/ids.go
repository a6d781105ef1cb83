package generate

import (
	"fmt"
	"strings"
	"time"
)

// The check characters are computed here, apart from the product's own code, so
// that the example can catch an error in it.

// citizenID makes a 公民身份号码 (GB 11643-1999) that was not given out before.
// Sequences stay below 900: those from 996 on stood for the very old.
func (w *world) citizenID(area string, birth time.Time, female bool) string {
	for {
		seq := 2*w.rng.IntN(449) + 1
		if female {
			seq++
		}
		id := withCitizenCheck(fmt.Sprintf("%s%s%03d", area, birth.Format("20060102"), seq))
		if !w.ids[id] {
			w.ids[id] = true
			return id
		}
		birth = birth.AddDate(0, 0, 1)
		if birth.After(today) {
			birth = birth.AddDate(-1, 0, 0)
		}
	}
}

func withCitizenCheck(body string) string {
	weight, sum := 1, 0
	for i := len(body) - 1; i >= 0; i-- { // weights are 2^(position) mod 11, from the right
		weight = weight * 2 % 11
		sum += int(body[i]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

// wrongCheck changes the last character of an identifier for another digit.
func wrongCheck(id string) string {
	last := id[len(id)-1]
	if last == '3' {
		return id[:len(id)-1] + "4"
	}
	return id[:len(id)-1] + "3"
}

// oldForm is the 15-digit form of an id of someone born before 2000.
func oldForm(id string) string { return id[:6] + id[8:17] }

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode makes a 统一社会信用代码 (GB 32100-2015) with a valid organisation
// code (GB 11714) inside, that was not given out before.
func (w *world) creditCode(kind string) string {
	for {
		var org strings.Builder
		org.WriteString("MA")
		for range 6 {
			org.WriteByte(creditAlphabet[w.rng.IntN(len(creditAlphabet))])
		}
		code := withCreditCheck(kind + "371502" + withOrganisationCheck(org.String()))
		if !w.ids[code] {
			w.ids[code] = true
			return code
		}
	}
}

func withOrganisationCheck(body string) string {
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * weight
	}
	return body + string("0X987654321"[sum%11])
}

func withCreditCheck(body string) string {
	weight, sum := 1, 0
	for i := range len(body) {
		sum += strings.IndexByte(creditAlphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return body + string(creditAlphabet[(31-sum%31)%31])
}

// mobile makes a mobile number (工信部 numbering: 11 digits, 13 to 19 in front).
func (w *world) mobile() string {
	return fmt.Sprintf("%s%08d", pick(w, mobilePrefixes), w.rng.IntN(100_000_000))
}

var mobilePrefixes = []string{"133", "135", "136", "138", "139", "150", "151", "152", "158", "159", "177", "180", "186", "187", "188", "189"}
