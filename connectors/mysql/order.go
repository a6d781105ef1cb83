package mysql

import (
	"regexp"
	"strings"
	"time"
)

// order is how the values of a column follow each other, as far as parts need it.
type order string

// The orders. Of other columns (floats, ENUM, SET, BIT, UUID) none is known well enough:
// an ENUM's index follows its numbers and a comparison its texts.
const (
	byNumber order = "number"
	byBytes  order = "bytes"
	byText   order = "text" // as the column's collation says; only the server knows
	byDay    order = "day"
	byTime   order = "time"
)

// order of a column; "" is none.
func (c column) order() order {
	switch c.family {
	case "decimal", "numeric", "year":
		return byNumber
	case "char", "varchar":
		if strings.HasPrefix(c.charset, "utf16") || strings.HasPrefix(c.charset, "utf32") || c.charset == "ucs2" || !charsetName(c.charset) {
			return "" // an ASCII letter is not its byte there
		}
		return byText
	case "binary", "varbinary":
		return byBytes
	case "date":
		return byDay
	case "datetime", "timestamp":
		return byTime
	}
	if c.integral() {
		return byNumber
	}
	return ""
}

func charsetName(s string) bool { return regexp.MustCompile(`^[a-z0-9_]{1,32}$`).MatchString(s) }

// shown is the expression that shows a value so that literal takes it back: texts as their
// bytes in hex, since no character set may stand between.
func (c column) shown(quoted string) string {
	switch c.order() {
	case byText, byBytes:
		return "HEX(" + quoted + ")"
	}
	return quoted
}

// most digits, before and behind the point, of a number that bounds a part.
const number65 = `^-?[0-9]{1,65}(\.[0-9]{1,38})?$`

// literal makes a constant of a shown value. A part may come from another process: what is no
// value of the column's order, or stands for two moments, does not pass.
func (c column) literal(shown string, zone *time.Location) (string, bool) {
	switch c.order() {
	case byNumber:
		return shown, regexp.MustCompile(number65).MatchString(shown)
	case byBytes:
		return "x'" + shown + "'", hexadecimal(shown)
	case byText:
		return "_" + c.charset + " x'" + shown + "'", hexadecimal(shown)
	case byDay:
		t, err := time.Parse(dayForm, shown)
		return "'" + t.Format(dayForm) + "'", err == nil && t.Year() > 0
	case byTime:
		t, err := time.Parse(timeForm, shown)
		ok := err == nil && t.Year() > 0 && (c.family != "timestamp" || unambiguous(t, true, zone).Equal(t))
		return "'" + t.Format(timeForm) + "'", ok
	}
	return "", false
}

// hexadecimal tells whether s is whole bytes in hex, as many as an index can hold.
func hexadecimal(s string) bool {
	return len(s)%2 == 0 && len(s) <= 8192 && strings.Trim(s, "0123456789ABCDEF") == ""
}
