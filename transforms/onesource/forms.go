package onesource

import (
	"fmt"
	"strings"

	"guiji/catalog"
)

// form is how an entity's key of a route is written; "" is as it comes.
func (e Entity) form(route int) catalog.KeyForm {
	if r := e.Entity.Route(e.Entity.Keys[route]); r != nil {
		return r.Form
	}
	return ""
}

// formed is a key as it is matched: NULL where it has not the form. What a form is
// proved by, its check digit, is the checks' matter; here numbers of different making
// are brought to one way of writing.
func formed(form catalog.KeyForm, text string) string {
	switch form {
	case catalog.FormCitizenID:
		return shaped(lifted("upper("+text+")"), `[0-9]{17}[0-9X]`)
	case catalog.FormCreditCode:
		return shaped("upper("+text+")", creditSigns+"{18}")
	case catalog.FormOrganisationCode:
		plain := "replace(upper(" + text + "), '-', '')"
		within := "CASE WHEN regexp_full_match(" + plain + ", '" + creditSigns + "{18}') THEN " + within(plain) + " ELSE " + plain + " END"
		return shaped("("+within+")", `[0-9A-Z]{8}[0-9X]`)
	}
	return text
}

// creditSigns are the signs of a credit code (GB 32100-2015).
const creditSigns = "[0-9A-HJ-NPQRTUWXY]"

// within is the organisation code in a credit code: positions 9 to 17 (GB 32100-2015).
func within(code string) string { return "substr(" + code + ", 9, 9)" }

func shaped(text, shape string) string {
	return "CASE WHEN regexp_full_match(" + text + ", '" + shape + "') THEN " + text + " END"
}

// lifted is a citizen number of 15 digits as the one of 18 that took its place: the
// century put in, the check character of ISO 7064 MOD 11-2 behind (GB 11643-1999). Any
// other text stays, and one whose birth date does not exist.
func lifted(text string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	old := "substr(" + text + ", 13) >= '996'" // sequences of persons born before 1900
	sum := []string{fmt.Sprintf("CASE WHEN %s THEN %d ELSE %d END", old, weights[6]+8*weights[7], weights[6]+9*weights[7])}
	for i := range 15 {
		at := i
		if i > 5 {
			at = i + 2
		}
		sum = append(sum, fmt.Sprintf("%d * TRY_CAST(substr(%s, %d, 1) AS INTEGER)", weights[at], text, i+1))
	}
	check := "substr('10X98765432', (" + strings.Join(sum, " + ") + ") % 11 + 1, 1)"
	century := "CASE WHEN " + old + " THEN '18' ELSE '19' END"
	born := "try_strptime(" + century + " || substr(" + text + ", 7, 6), '%Y%m%d') IS NOT NULL"
	return "(CASE WHEN regexp_full_match(" + text + ", '[0-9]{15}') AND " + born + " THEN left(" + text + ", 6) || " + century + " || substr(" + text + ", 7) || " + check +
		" ELSE " + text + " END)"
}

// routeKey is the key a row gives by one route, as it is matched: NULL where it has
// none, or one that failed its checks or has not the form.
func (e Entity) routeKey(m Member, route int) string {
	key := formed(e.form(route), keyText(m.Routes[route]))
	if route < len(m.RouteValid) && m.RouteValid[route] != "" {
		key = "CASE WHEN coalesce(" + m.RouteValid[route] + ", false) THEN " + key + " END"
	}
	return key
}
