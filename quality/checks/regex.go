package checks

import (
	"regexp"
	"regexp/syntax"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/quality"
)

// Regex is the check regex.
var Regex = &quality.Check{
	Name:  "regex",
	Title: "%s不符合规定格式",
	Doc: "The whole value must match an RE2 pattern (Go syntax): the pattern is anchored at both ends, write .* where anything may stand. " +
		"It takes time in proportion to the value's length, whatever the pattern: one of more than 4000 steps, such as of nested repetitions, is refused. " +
		"For text items. The empty text is matched like any other. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请按规定格式更正该信息项后重新报送。",
	Example:   "规则 [A-Z]{2}[0-9]{6}：填写“AB123456”。",
	Sample:    "regex: '[A-Z]{2}[0-9]{6}'",
	Params:    func() any { return new(RegexParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*RegexParams)
		if p.Pattern == "" {
			return fault.New(fault.Config, "quality.missing", "pattern")
		}
		if _, err := p.compile(); err != nil {
			return fault.New(fault.Config, "quality.pattern").Because(err)
		}
		if n := p.steps(); n > mostSteps {
			return fault.New(fault.Config, "quality.patternsize", n, mostSteps)
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		re, err := r.Params.(*RegexParams).compile()
		if err != nil {
			return nil, err
		}
		m := &remembered{verdict: map[string]bool{}, bad: func(v []byte) bool { return !re.Match(v) }}
		return newTextKernel(r, env, m.judge)
	},
}

// RegexParams are written as the pattern alone.
type RegexParams struct {
	Pattern string `yaml:"pattern"`
}

// UnmarshalYAML reads the pattern, or {pattern: …}.
func (p *RegexParams) UnmarshalYAML(n ast.Node) error {
	type long RegexParams
	return scalarOr(n, &p.Pattern, (*long)(p))
}

func (p *RegexParams) compile() (*regexp.Regexp, error) {
	if _, err := regexp.Compile(p.Pattern); err != nil { // alone: "a)|(b" must not become good in brackets
		return nil, err
	}
	return regexp.Compile(`\A(?:` + p.Pattern + `)\z`)
}

// mostSteps is how large a compiled pattern may be: each character of a value is looked
// at once a step, at most.
const mostSteps = 4000

// steps is the size of the compiled pattern; 0 if it is none.
func (p *RegexParams) steps() int {
	parsed, err := syntax.Parse(p.Pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(compiled.Inst)
}

// remembered keeps the verdicts on distinct values while that pays: a pattern
// costs 130–345 ns, a look-up 20.
type remembered struct {
	bad     func([]byte) bool
	verdict map[string]bool
	asked   int
	met     int
}

// How many distinct values are kept, and after how many values it is judged
// whether at least half of them were met before.
const (
	rememberMost  = 4096
	rememberTrial = 8192
)

func (m *remembered) judge(v []byte) bool {
	if m.verdict == nil {
		return m.bad(v)
	}
	m.asked++
	if verdict, ok := m.verdict[string(v)]; ok {
		m.met++
		return verdict
	}
	if m.asked >= rememberTrial && m.met*2 < m.asked {
		m.verdict = nil // mostly unlike: stop looking
		return m.bad(v)
	}
	verdict := m.bad(v)
	if len(m.verdict) < rememberMost && len(v) <= 256 {
		m.verdict[string(v)] = verdict
	}
	return verdict
}
