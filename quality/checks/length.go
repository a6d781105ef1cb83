package checks

import (
	"encoding/binary"
	"math/bits"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/quality"
)

// Length is the check length.
var Length = &quality.Check{
	Name:  "length",
	Title: "%s的长度不符合规定",
	Doc: "The value has at least min and at most max characters (Unicode code points, both inclusive; max 0 is no limit). " +
		"A number alone is the exact length. For text items. The empty text has length 0. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请核对该信息项是否漏填、截断或多填字符，更正后重新报送。",
	Example:   "规则 {min: 2, max: 50}：姓名填写“张三”（2 个字符）。",
	Sample:    "length: {min: 2, max: 50}\nlength: 18",
	Params:    func() any { return new(LengthParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*LengthParams)
		switch {
		case p.Min < 0 || p.Max < 0:
			return fault.New(fault.Config, "quality.bound", "min, max", "-1", "0, 18")
		case p.Min == 0 && p.Max == 0:
			return fault.New(fault.Config, "quality.missing", "min, max")
		case p.Max > 0 && p.Min > p.Max:
			return fault.New(fault.Config, "quality.empty")
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		p := *r.Params.(*LengthParams)
		return newTextKernel(r, env, p.bad)
	},
}

// LengthParams are the limits in characters.
type LengthParams struct {
	Min int `yaml:"min"`
	Max int `yaml:"max"`
}

// UnmarshalYAML reads the exact length, or {min: …, max: …}.
func (p *LengthParams) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(ast.ScalarNode); ok {
		err := yaml.NodeToValue(n, &p.Min)
		p.Max = p.Min
		return err
	}
	type long LengthParams
	return yaml.NodeToValue(n, (*long)(p), yaml.Strict())
}

// bad counts characters only where the number of bytes leaves it open: a
// character has one to four.
func (p LengthParams) bad(v []byte) bool {
	n := len(v)
	if n < p.Min {
		return true
	}
	if (p.Max == 0 || n <= p.Max) && (n+3)/4 >= p.Min {
		return false
	}
	if p.Max > 0 && n > 4*p.Max {
		return true
	}
	n = characters(v)
	return n < p.Min || p.Max > 0 && n > p.Max
}

// characters counts the bytes that begin one, eight at a time.
func characters(v []byte) int {
	n := len(v)
	if n < 8 {
		for _, c := range v {
			n -= int(c >> 7 &^ (c >> 6))
		}
		return n
	}
	rest := v
	for ; len(rest) >= 8; rest = rest[8:] {
		n -= following(binary.LittleEndian.Uint64(rest))
	}
	last := binary.LittleEndian.Uint64(v[len(v)-8:]) // the rest is at its end
	return n - following(last>>(64-8*len(rest)))
}

// following counts the bytes of a word that begin no character.
func following(x uint64) int { return bits.OnesCount64(x >> 7 &^ (x >> 6) & 0x0101010101010101) }
