package standardize

import "bytes"

// civil is a date with or without a time of day, as read from text.
type civil struct {
	year, month, day     int
	hour, minute, second int
	micros               int
	timed                bool
}

// readCivil reads the date forms departments write, none of them ambiguous: a
// four-digit year first, then month and day by one separator (- / . or 年月日) or
// 20200901; a time after a blank or T as 8:30, 08:30:00, 08:30:00.123456 or
// 8时30分15秒; 20200901083000. Two-digit years, day or month first, a missing day
// and zones are not read. The date need not exist: see exists.
func readCivil(b []byte) (c civil, ok bool) {
	if len(b) < 8 || !allDigits(b[:4]) {
		return c, false
	}
	c.year = digits(b[:4])
	rest := b[4:]
	switch {
	case bytes.HasPrefix(rest, []byte("年")):
		rest, ok = c.readMonthDay(rest[3:], "月", "日", "号")
	case rest[0] == '-' || rest[0] == '/' || rest[0] == '.':
		rest, ok = c.readMonthDay(rest[1:], string(rest[0]), "", "")
	default:
		return c.readCompact(rest)
	}
	if !ok {
		return c, false
	}
	if len(rest) == 0 {
		return c, true
	}
	if rest[0] == ' ' || rest[0] == 'T' {
		rest = rest[1:]
	}
	return c, c.readClock(rest)
}

// readMonthDay reads month, separator, day and one of the endings ("": none).
func (c *civil) readMonthDay(b []byte, sep, end, orEnd string) (rest []byte, ok bool) {
	if c.month, b, ok = upToTwo(b); !ok {
		return b, false
	}
	b, ok = bytes.CutPrefix(b, []byte(sep))
	if !ok {
		return b, false
	}
	if c.day, b, ok = upToTwo(b); !ok {
		return b, false
	}
	if rest, ok = bytes.CutPrefix(b, []byte(end)); ok {
		return rest, end != "" || len(rest) == 0 || rest[0] == ' ' || rest[0] == 'T'
	}
	return bytes.CutPrefix(b, []byte(orEnd))
}

// readCompact reads what follows the year in 20200901, 20200901083000 and
// 20200901 with a clock.
func (c civil) readCompact(b []byte) (civil, bool) {
	if len(b) < 4 || !allDigits(b[:4]) {
		return c, false
	}
	c.month, c.day = digits(b[:2]), digits(b[2:4])
	switch b = b[4:]; {
	case len(b) == 0:
		return c, true
	case b[0] == ' ' || b[0] == 'T':
		return c, c.readClock(b[1:])
	case len(b) == 6 && allDigits(b):
		c.hour, c.minute, c.second, c.timed = digits(b[:2]), digits(b[2:4]), digits(b[4:]), true
		return c, true
	}
	return c, false
}

// readClock reads a time of day to the end of b.
func (c *civil) readClock(b []byte) (ok bool) {
	c.timed = true
	if c.hour, b, ok = upToTwo(b); !ok {
		return false
	}
	if rest, chinese := bytes.CutPrefix(b, []byte("时")); chinese {
		return c.readChineseClock(rest)
	}
	if len(b) < 3 || b[0] != ':' || !allDigits(b[1:3]) {
		return false
	}
	c.minute, b = digits(b[1:3]), b[3:]
	if len(b) == 0 {
		return true
	}
	if len(b) < 3 || b[0] != ':' || !allDigits(b[1:3]) {
		return false
	}
	c.second, b = digits(b[1:3]), b[3:]
	if len(b) == 0 {
		return true
	}
	c.micros, ok = fraction(b)
	return ok
}

func (c *civil) readChineseClock(b []byte) (ok bool) {
	if c.minute, b, ok = upToTwo(b); !ok {
		return false
	}
	if b, ok = bytes.CutPrefix(b, []byte("分")); !ok || len(b) == 0 {
		return ok
	}
	if c.second, b, ok = upToTwo(b); !ok {
		return false
	}
	return string(b) == "秒"
}

// fraction reads .1 to .123456 as microseconds; further digits must be zero.
func fraction(b []byte) (micros int, ok bool) {
	if len(b) < 2 || b[0] != '.' || !allDigits(b[1:]) {
		return 0, false
	}
	b = b[1:]
	if len(b) > 6 {
		if len(bytes.TrimLeft(b[6:], "0")) > 0 {
			return 0, false
		}
		b = b[:6]
	}
	micros = digits(b)
	for range 6 - len(b) {
		micros *= 10
	}
	return micros, true
}

// exists reports whether the date is in the (proleptic Gregorian) calendar from
// year 1 on, and the time in a day of 24 hours.
func (c civil) exists() bool {
	return c.year >= 1 && c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= daysIn(c.year, c.month) &&
		c.hour < 24 && c.minute < 60 && c.second < 60
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// days counts from 1970-01-01. The year is taken to begin in March, so that the
// leap day is its last and months before it have a fixed pattern of lengths.
func (c civil) days() int32 {
	year, month := c.year, c.month-3
	if month < 0 {
		year, month = year-1, month+12
	}
	const toEpoch = 719468 // days from 0000-03-01 to 1970-01-01
	return int32(365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + c.day - 1 - toEpoch)
}

// epochMicros is the wall clock as microseconds since 1970-01-01.
func (c civil) epochMicros() int64 {
	seconds := int64(c.days())*86400 + int64(c.hour*3600+c.minute*60+c.second)
	return seconds*1e6 + int64(c.micros)
}

// appendDate is the ISO form.
func (c civil) appendDate(dst []byte) []byte {
	dst = appendPadded(dst, c.year, 4)
	dst = appendPadded(append(dst, '-'), c.month, 2)
	return appendPadded(append(dst, '-'), c.day, 2)
}

// appendTime is the ISO form with a fraction only where it is not zero.
func (c civil) appendTime(dst []byte) []byte {
	dst = append(c.appendDate(dst), ' ')
	dst = appendPadded(dst, c.hour, 2)
	dst = appendPadded(append(dst, ':'), c.minute, 2)
	dst = appendPadded(append(dst, ':'), c.second, 2)
	if c.micros == 0 {
		return dst
	}
	return bytes.TrimRight(appendPadded(append(dst, '.'), c.micros, 6), "0")
}

func appendPadded(dst []byte, v, width int) []byte {
	start := len(dst)
	dst = append(dst, "000000"[:width]...)
	for i := start + width - 1; i >= start; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

func upToTwo(b []byte) (v int, rest []byte, ok bool) {
	n := 0
	for n < len(b) && n < 2 && b[n]-'0' <= 9 {
		v = v*10 + int(b[n]-'0')
		n++
	}
	return v, b[n:], n > 0
}

func digits(b []byte) (v int) {
	for _, c := range b {
		v = v*10 + int(c-'0')
	}
	return v
}

// isoDate reads 2006-01-02 and nothing else, whether or not the date exists.
func isoDate(b []byte) (c civil, ok bool) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return c, false
	}
	century, ok1 := pair(b[0], b[1])
	year, ok2 := pair(b[2], b[3])
	month, ok3 := pair(b[5], b[6])
	day, ok4 := pair(b[8], b[9])
	return civil{year: century*100 + year, month: month, day: day}, ok1 && ok2 && ok3 && ok4
}

// isoTime reads 2006-01-02 15:04:05 with or without a fraction of a second.
func isoTime(b []byte) (c civil, ok bool) {
	if len(b) < 19 || b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return c, false
	}
	c, ok1 := isoDate(b[:10])
	hour, ok2 := pair(b[11], b[12])
	minute, ok3 := pair(b[14], b[15])
	second, ok4 := pair(b[17], b[18])
	c.timed, c.hour, c.minute, c.second = true, hour, minute, second
	ok = ok1 && ok2 && ok3 && ok4
	if ok && len(b) > 19 {
		c.micros, ok = fraction(b[19:])
	}
	return c, ok
}

// pair is the number two digits make.
func pair(tens, ones byte) (int, bool) {
	t, o := tens-'0', ones-'0'
	return int(t)*10 + int(o), t <= 9 && o <= 9
}
