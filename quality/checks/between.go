package checks

import (
	"math/big"
	"strconv"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// BetweenParams are the limits of a number over the whole resource, both included.
type BetweenParams struct {
	Min Bound `yaml:"min" json:",omitempty"`
	Max Bound `yaml:"max" json:",omitempty"`
}

// number judges a number; nil is one that cannot be told.
func (p *BetweenParams) number(v *big.Rat, observed string, env *quality.Env) quality.Verdict {
	if v == nil {
		return unknown(env)
	}
	out := quality.Verdict{Status: quality.Pass, Observed: observed}
	for _, b := range []struct {
		written Bound
		sign    int
	}{{p.Min, -1}, {p.Max, 1}} {
		if limit, err := decimalOf("", b.written); err == nil && v.Cmp(limit) == b.sign {
			out.Status = quality.Fail
		}
	}
	return out
}

// unknown is the verdict on nothing: there is no value, or no finite one.
func unknown(env *quality.Env) quality.Verdict {
	return quality.Verdict{Status: quality.NotEvaluated, Reason: env.Say("quality.novalue")}
}

// between refuses limits that are no plain decimals, and items of other types.
func between(kinds string, fits func(catalog.Type) bool) func(*quality.Rule, *quality.Env) error {
	return func(r *quality.Rule, env *quality.Env) error {
		p := limitsIn(r.Params)
		if p.Min == "" && p.Max == "" {
			return fault.New(fault.Config, "quality.missing", "min, max")
		}
		var limit [2]*big.Rat
		for i, b := range []struct {
			name    string
			written Bound
		}{{"min", p.Min}, {"max", p.Max}} {
			if b.written == "" {
				continue
			}
			var err error
			if limit[i], err = decimalOf(b.name, b.written); err != nil {
				return err
			}
		}
		if limit[0] != nil && limit[1] != nil && limit[0].Cmp(limit[1]) > 0 {
			return fault.New(fault.Config, "quality.empty")
		}
		return of(kinds, fits)(r, env)
	}
}

// limitsIn finds the limits in any parameters that hold them.
func limitsIn(params any) *BetweenParams {
	if p, ok := params.(interface{ limits() *BetweenParams }); ok {
		return p.limits()
	}
	return &BetweenParams{}
}

func (p *BetweenParams) limits() *BetweenParams { return p }

// numeric fits what DuckDB can add up.
func numeric(t catalog.Type) bool {
	return t.Kind == catalog.Number && t.Precision <= 38 || t.Kind == catalog.Float
}

// number reads what DuckDB wrote; nil for NULL and what is not finite.
func number(s *string) *big.Rat {
	if s == nil {
		return nil
	}
	r, ok := new(big.Rat).SetString(*s)
	if !ok {
		return nil
	}
	return r
}

// rounded is a number whose last digits depend on the order of the rows, to nine
// significant digits.
func rounded(s *string) *big.Rat {
	if s == nil {
		return nil
	}
	f, err := strconv.ParseFloat(*s, 64)
	if err != nil {
		return nil
	}
	short := strconv.FormatFloat(f, 'g', 9, 64)
	return number(&short)
}

// added reads a sum over an item: exact, but for floats.
func added(it *catalog.Item, s *string) *big.Rat {
	if it.Type.Kind == catalog.Float {
		return rounded(s)
	}
	return number(s)
}

// quotient is a over b; nil where either is unknown or b is zero.
func quotient(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil || b.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(a, b)
}

// shown is a number as it is kept.
func shown(r *big.Rat) string {
	if r == nil {
		return ""
	}
	s := r.FloatString(9)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// own is a rule's first item as an SQL name.
func own(r *quality.Rule) string { return quoted(r.Items[0].Name) }

// valuesIn are the typed limits of a value itself.
func valuesIn(r *quality.Rule, env *quality.Env) (low, high *quality.Value, err error) {
	p := limitsIn(r.Params)
	for _, b := range []struct {
		written Bound
		into    **quality.Value
	}{{p.Min, &low}, {p.Max, &high}} {
		if b.written == "" {
			continue
		}
		v, err := quality.ReadValue(r.Items[0].Type, string(b.written), env.Today)
		if err != nil {
			return nil, nil, err
		}
		*b.into = &v
	}
	return low, high, nil
}

// typed refuses limits that the item could not hold.
func typed(r *quality.Rule, env *quality.Env) error {
	p := limitsIn(r.Params)
	if p.Min == "" && p.Max == "" {
		return fault.New(fault.Config, "quality.missing", "min, max")
	}
	if err := of("N(≤38), D, T, Y, F", func(t catalog.Type) bool { return ranged(t) && settable(t) })(r, env); err != nil {
		return err
	}
	low, high, err := valuesIn(r, env)
	if err == nil && low != nil && high != nil && low.Compare(*high) > 0 {
		return fault.New(fault.Config, "quality.empty")
	}
	return err
}

// one judges one value of the item by its typed limits. It is not kept: it is a
// record's.
func one(r *quality.Rule, env *quality.Env, got *string) quality.Verdict {
	low, high, err := valuesIn(r, env)
	if got == nil || err != nil {
		return unknown(env)
	}
	v, err := quality.ReadValue(r.Items[0].Type, *got, env.Today)
	if err != nil {
		return unknown(env)
	}
	out := quality.Verdict{Status: quality.Pass}
	if low != nil && v.Compare(*low) < 0 || high != nil && v.Compare(*high) > 0 {
		out.Status = quality.Fail
	}
	return out
}
