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
// that stand for parts of dates it has (ECMA-376-1, 18.8.31).
func formatOf(code string) format {
	if len(code) > longestCode {
		return isNumber
	}
	var has symbols
	for code = lower(code); code != ""; {
		code = code[min(has.take(code), len(code)):]
	}
	switch {
	case has.exponent:
		return isNumber
	case has.length:
		return isLength
	case has.clock && has.day:
		return isDay | isTime
	case has.clock:
		return isTime
	case has.day || has.month: // beside a clock it is the minute
		return isDay
	}
	return isNumber
}

// symbols are those letters that a format's code was found to have.
type symbols struct{ day, clock, month, length, exponent bool }

// take takes the next piece of a code, and returns how long it is.
func (l *symbols) take(rest string) int {
	switch rest[0] {
	case '"':
		return max(strings.IndexByte(rest[1:], '"'), 0) + 2
	case '\\', '_', '*':
		return 2
	case '[':
		inside, _, _ := strings.Cut(rest[1:], "]")
		if inside != "" && strings.Contains("hms", inside[:1]) && strings.Trim(inside, inside[:1]) == "" {
			l.length = true
		}
		return len(inside) + 2
	case ';':
		return len(rest)
	}
	return l.letter(rest)
}

// letter takes one that stands for something. G is for eras and, in Chinese programs,
// of "G/通用格式", the format without a form: it decides nothing.
func (l *symbols) letter(rest string) int {
	for _, word := range []string{"general", "am/pm", "a/p"} {
		if strings.HasPrefix(rest, word) {
			l.clock = l.clock || word != "general"
			return len(word)
		}
	}
	switch rest[0] {
	case 'e':
		l.exponent = l.exponent || len(rest) > 1 && (rest[1] == '+' || rest[1] == '-')
		l.day = true
	case 'y', 'd', 'a', 'b':
		l.day = true
	case 'h', 's':
		l.clock = true
	case 'm':
		l.month = true
	}
	return 1
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
