package excel

import "strings"

// format is what a cell's number stands for.
type format uint8

// A number, or by bits a day, a time of day, a length of time.
const (
	isNumber format = 0
	isDay    format = 1
	isTime   format = 2
	isLength format = 4
)

// builtin is the format of a number that needs no writing down (ECMA-376-1, 18.8.30);
// those from 27 on are of the editions for Chinese, and mean the same for Japanese and
// Korean ones.
func builtin(id int) format {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return isDay
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return isTime
	case id == 22:
		return isDay | isTime
	case id == 46:
		return isLength
	}
	return isNumber
}

// formatOf reads a format's code, as far as its first section: which of the letters
// that stand for parts of dates it has (ECMA-376-1, 18.8.31). G stands for eras and,
// in Chinese programs, for "G/通用格式", the format without a form: it decides nothing.
func formatOf(code string) format {
	if len(code) > longestCode {
		return isNumber
	}
	code = lower(code)
	var day, clock, m, length bool
	for i := 0; i < len(code); i++ {
		rest := code[i:]
		switch c := rest[0]; {
		case c == '"':
			i += max(strings.IndexByte(rest[1:], '"'), 0) + 1
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			inside, _, _ := strings.Cut(rest[1:], "]")
			length = length || inside != "" && strings.Trim(inside, inside[:1]) == "" && strings.Contains("hms", inside[:1])
			i += len(inside) + 1
		case c == ';':
			i = len(code)
		case strings.HasPrefix(rest, "general"):
			i += len("general") - 1
		case strings.HasPrefix(rest, "am/pm"):
			clock, i = true, i+len("am/pm")-1
		case strings.HasPrefix(rest, "a/p"):
			clock, i = true, i+len("a/p")-1
		case c == 'e' && len(rest) > 1 && (rest[1] == '+' || rest[1] == '-'):
			return isNumber
		case strings.IndexByte("ydeab", c) >= 0:
			day = true
		case c == 'h' || c == 's':
			clock = true
		case c == 'm':
			m = true
		}
	}
	switch {
	case length:
		return isLength
	case clock && day:
		return isDay | isTime
	case clock:
		return isTime
	case day || m:
		return isDay
	}
	return isNumber
}

// longestCode is more than any program takes, in bytes.
const longestCode = 1024

// lower makes ASCII letters small and leaves every byte in its place.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
