package checks

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/quality"
)

// Like is the check like.
var Like = &quality.Check{
	Name:  "like",
	Title: "%s不符合规定样式",
	Doc: "The whole value matches a pattern of SQL's LIKE: % is any characters or none, _ one character (Unicode code point), \\ before %, _ or \\ takes it literally. " +
		"Case counts. {pattern: …, not: true} refuses what matches. For text items. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请按规定样式更正该信息项后重新报送。",
	Example:   "规则 '山东省%'：地址填写“山东省聊城市东昌府区……”。",
	Sample:    "like: '山东省%'\nlike: {pattern: '%测试%', not: true}",
	Params:    func() any { return new(LikeParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*LikeParams)
		if p.Pattern == "" {
			return fault.New(fault.Config, "quality.missing", "pattern")
		}
		if _, ok := likeParts(p.Pattern); !ok {
			return fault.New(fault.Config, "quality.likepattern")
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		p := r.Params.(*LikeParams)
		matches := likeMatcher(p.Pattern)
		return newTextKernel(r, env, func(v []byte) bool { return matches(v) == p.Not })
	},
}

// LikeParams are written as the pattern alone.
type LikeParams struct {
	Pattern string `yaml:"pattern"`
	Not     bool   `yaml:"not" json:",omitempty"`
}

// UnmarshalYAML reads the pattern, or {pattern: …, not: …}.
func (p *LikeParams) UnmarshalYAML(n ast.Node) error {
	type long LikeParams
	return scalarOr(n, &p.Pattern, (*long)(p))
}

// likePart is one character, any one character, or any number of them.
type likePart struct {
	char rune
	any  byte // '_', '%', 0
}

// likeParts reads a pattern; false where \ stands before anything but \, % and _.
func likeParts(pattern string) ([]likePart, bool) {
	var out []likePart
	escaped := false
	for _, c := range pattern {
		switch {
		case escaped:
			if c != '%' && c != '_' && c != '\\' {
				return nil, false
			}
			out, escaped = append(out, likePart{char: c}), false
		case c == '\\':
			escaped = true
		case c == '%' || c == '_':
			out = append(out, likePart{any: byte(c)})
		default:
			out = append(out, likePart{char: c})
		}
	}
	return out, !escaped
}

// likeMatcher makes a matcher of a pattern. Without _ it is a beginning, an end and
// words between, found as bytes: no character's bytes are within another's.
func likeMatcher(pattern string) func(v []byte) bool {
	parts, _ := likeParts(pattern)
	words := [][]byte{nil}
	for _, p := range parts {
		switch p.any {
		case '_':
			return func(v []byte) bool { return matchesLike(parts, v) }
		case '%':
			words = append(words, nil)
		default:
			words[len(words)-1] = utf8.AppendRune(words[len(words)-1], p.char)
		}
	}
	begin, between, end := words[0], words[1:], []byte(nil)
	if len(between) == 0 {
		return func(v []byte) bool { return bytes.Equal(v, begin) }
	}
	between, end = between[:len(between)-1], between[len(between)-1]
	between = slices.DeleteFunc(between, func(w []byte) bool { return len(w) == 0 })
	return func(v []byte) bool {
		if len(v) < len(begin)+len(end) || !bytes.HasPrefix(v, begin) || !bytes.HasSuffix(v, end) {
			return false
		}
		rest := v[len(begin) : len(v)-len(end)]
		for _, w := range between {
			at := bytes.Index(rest, w)
			if at < 0 {
				return false
			}
			rest = rest[at+len(w):]
		}
		return true
	}
}

// matchesLike goes back to the last % alone, so that no pattern takes more than
// pattern times value.
func matchesLike(parts []likePart, v []byte) bool {
	at, back, resume := 0, -1, 0
	for i := 0; i < len(v); {
		c, size := rune(v[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(v[i:])
		}
		switch {
		case at < len(parts) && parts[at].any == '%':
			back, resume = at, i
			at++
			continue
		case at < len(parts) && (parts[at].any == '_' || parts[at].any == 0 && parts[at].char == c):
			at++
			i += size
			continue
		case back < 0:
			return false
		}
		_, step := utf8.DecodeRune(v[resume:])
		resume += step
		i, at = resume, back+1
	}
	for at < len(parts) && parts[at].any == '%' {
		at++
	}
	return at == len(parts)
}
