package excel

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"guiji/internal/text"
)

// Why a row is quarantined.
const (
	reasonError   text.Key = "excel.error_cell"
	reasonLong    text.Key = "excel.long_number"
	reasonFormula text.Key = "excel.not_calculated"
	reasonUnknown text.Key = "excel.unknown_cell"
)

// value appends a cell's value as text: what it holds, not what it shows. why says that
// it holds none that could be told.
func (b *book) value(into []byte, r *row, c cell) (out []byte, why text.Key, err error) {
	raw := r.text[c.from:c.to]
	if c.formula && !c.valued {
		return into, reasonFormula, nil
	}
	switch c.kind {
	case "s":
		if len(raw) == 0 {
			return into, "", nil
		}
		number, err := strconv.Atoi(string(bytes.TrimSpace(raw)))
		if err != nil {
			return into, "", errDamaged
		}
		out, err = b.texts.get(into, number)
		return out, "", err
	case "str", "inlineStr":
		return append(into, raw...), "", nil
	case "e":
		return into, reasonError, nil
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return into, "", nil
	}
	switch c.kind {
	case "", "n":
		out, why = b.number(into, raw, c.style)
		return out, why, nil
	case "b":
		switch string(raw) {
		case "1", "true":
			return append(into, "TRUE"...), "", nil
		case "0", "false":
			return append(into, "FALSE"...), "", nil
		}
	case "d":
		if t, ok := isoTime(string(raw)); ok {
			return append(into, t...), "", nil
		}
	}
	return into, reasonUnknown, nil
}

// number appends a number's shortest text, or the day or time that its format makes of
// it. Excel keeps 15 digits: of a longer whole number the rest is lost already.
func (b *book) number(into, raw []byte, style int) ([]byte, text.Key) {
	f := isNumber
	if style > 0 && style < len(b.formats) {
		f = b.formats[style]
	}
	if f == isNumber && plain(raw) {
		return append(into, raw...), ""
	}
	for _, c := range raw {
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			return into, reasonUnknown
		}
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil:
		return into, reasonUnknown
	case math.Abs(v) >= 1e15:
		return into, reasonLong
	case v == 0:
		v = 0 // not -0
	}
	if f != isNumber {
		if out, ok := b.moment(into, v, f); ok {
			return out, ""
		}
	}
	return strconv.AppendFloat(into, v, 'f', -1, 64), ""
}

// plain reports a whole number that is its own shortest text.
func plain(raw []byte) bool {
	digits := raw
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 15 || digits[0] == '0' && len(raw) > 1 {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

const (
	msOfDay   = 24 * 60 * 60 * 1000
	epochDays = 25569   // from 1899-12-30 to 1970-01-01
	lastDay   = 2958465 // 9999-12-31
	base1904  = 1462    // days from 1899-12-30 to 1904-01-01
)

// moment appends the day and time that a serial number is, to the millisecond; false
// for numbers that are none, such as the day 1900-02-29 that Excel alone knows
// (ECMA-376-1, 18.17.4.1): they stay numbers.
func (b *book) moment(into []byte, v float64, f format) ([]byte, bool) {
	if v < 0 || v > lastDay+1 {
		return into, false
	}
	ms := int64(math.Round(v * msOfDay))
	day, clock := ms/msOfDay, ms%msOfDay
	if f == isLength {
		return appendClock(strconv.AppendInt(into, ms/3_600_000, 10), clock), true
	}
	if f == isTime && day == 0 {
		if clock < 10*3_600_000 {
			into = append(into, '0')
		}
		return appendClock(strconv.AppendInt(into, clock/3_600_000, 10), clock), true
	}
	switch {
	case b.from1904:
		day += base1904
	case day == 0, day == 60:
		return into, false
	case day < 60:
		day++
	}
	if day > lastDay {
		return into, false
	}
	t := time.Unix((day-epochDays)*86_400, 0).UTC().Add(time.Duration(clock) * time.Millisecond)
	switch {
	case f == isDay && clock == 0:
		return t.AppendFormat(into, time.DateOnly), true
	case clock%1000 == 0:
		return t.AppendFormat(into, time.DateTime), true
	}
	return t.AppendFormat(into, "2006-01-02 15:04:05.000"), true
}

// appendClock appends the minutes and seconds, behind the hours.
func appendClock(into []byte, clock int64) []byte {
	t := time.UnixMilli(clock).UTC()
	if clock%1000 == 0 {
		return t.AppendFormat(into, ":04:05")
	}
	return t.AppendFormat(into, ":04:05.000")
}

// isoTime is a date cell's text as ours (ECMA-376-1, 18.18.11).
func isoTime(s string) (string, bool) {
	for _, form := range []struct{ from, to string }{
		{time.DateOnly, time.DateOnly}, {"2006-01-02T15:04:05", time.DateTime}, {"2006-01-02T15:04:05Z", time.DateTime}, {"15:04:05", time.TimeOnly},
	} {
		if t, err := time.Parse(form.from, s); err == nil {
			if t.Nanosecond() != 0 {
				form.to += ".000"
			}
			return t.Format(form.to), true
		}
	}
	return "", false
}
