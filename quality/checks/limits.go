package checks

import (
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/catalog"
	"guiji/internal/fault"
)

// limits are a range in the units a column is stored in, both ends inclusive.
type limits struct {
	min, max               int64 // int64, years, days, microseconds
	minDecimal, maxDecimal decimal128.Num
	minFloat, maxFloat     float64
	minText, maxText       []byte // canonical decimals beyond 38 digits; nil is open
}

func (l *limits) empty() bool {
	return l.min > l.max || l.minDecimal.Greater(l.maxDecimal) || l.minFloat > l.maxFloat ||
		l.minText != nil && l.maxText != nil && compareDecimal(l.minText, l.maxText) > 0
}

// limitsOf reads the limits for a type.
func limitsOf(t catalog.Type, p *RangeParams, today string) (limits, error) {
	most := decimal128.FromBigInt(tenTo(38)) // above every value of 38 digits
	l := limits{
		min: math.MinInt64, max: math.MaxInt64, minDecimal: most.Negate(), maxDecimal: most,
		minFloat: math.Inf(-1), maxFloat: math.Inf(1),
	}
	var err error
	switch t.Kind {
	case catalog.Date, catalog.Time:
		err = l.times(t.Kind, p, today)
	case catalog.Year:
		p = &RangeParams{Min: yearOf(p.Min, today), Max: yearOf(p.Max, today)}
		err = l.numbers(t, p)
	default:
		err = l.numbers(t, p)
	}
	return l, err
}

func yearOf(b Bound, today string) Bound {
	if b == "today" && len(today) >= 4 {
		return Bound(today[:4])
	}
	return b
}

// times reads dates and times of day.
func (l *limits) times(kind catalog.TypeKind, p *RangeParams, today string) error {
	for _, b := range []struct {
		name  string
		bound Bound
		into  *int64
	}{{"min", p.Min, &l.min}, {"max", p.Max, &l.max}} {
		if b.bound == "" {
			continue
		}
		s := string(b.bound)
		if s == "today" {
			s = today
		}
		at, err := time.Parse(time.DateOnly, s)
		wholeDay := err == nil
		if err != nil && kind == catalog.Time {
			at, err = time.Parse(time.DateTime, s)
		}
		if err != nil {
			return fault.New(fault.Config, "quality.bound", b.name, string(b.bound), "2006-01-02, today")
		}
		switch {
		case kind == catalog.Date:
			*b.into = at.Unix() / 86400 // midnight: exact before 1970 too
		case wholeDay && b.name == "max":
			*b.into = at.AddDate(0, 0, 1).UnixMicro() - 1
		default:
			*b.into = at.UnixMicro()
		}
	}
	return nil
}

// numbers reads plain decimals.
func (l *limits) numbers(t catalog.Type, p *RangeParams) error {
	if p.Min != "" {
		r, err := decimalOf("min", p.Min)
		if err != nil {
			return err
		}
		up := ceil(r, t.Scale)
		l.min, l.minDecimal = clampInt(up), clampDecimal(up)
		l.minFloat, _ = r.Float64()
		l.minText = canonical(string(p.Min))
	}
	if p.Max != "" {
		r, err := decimalOf("max", p.Max)
		if err != nil {
			return err
		}
		down := floor(r, t.Scale)
		l.max, l.maxDecimal = clampInt(down), clampDecimal(down)
		l.maxFloat, _ = r.Float64()
		l.maxText = canonical(string(p.Max))
	}
	if t.Arrow().ID() == arrow.INT64 && (l.min == math.MaxInt64 || l.max == math.MinInt64) {
		l.min, l.max = 1, 0 // beyond what the column can hold: nothing passes
	}
	return nil
}

// decimalOf reads a plain decimal, exactly.
func decimalOf(name string, b Bound) (*big.Rat, error) {
	s := strings.TrimPrefix(strings.TrimPrefix(string(b), "-"), "+")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || !allDigits([]byte(whole)) || point && fraction == "" || !allDigits([]byte(fraction)) {
		return nil, fault.New(fault.Config, "quality.bound", name, string(b), "12, 12.50, -3")
	}
	r, ok := new(big.Rat).SetString(string(b))
	if !ok {
		return nil, fault.New(fault.Config, "quality.bound", name, string(b), "12, 12.50, -3")
	}
	return r, nil
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// floor is the greatest whole number of 10^-scale not above r.
func floor(r *big.Rat, scale int) *big.Int {
	n := new(big.Int).Mul(r.Num(), tenTo(scale))
	return n.Div(n, r.Denom()) // Euclidean, the divisor is positive
}

// ceil is the least whole number of 10^-scale not below r.
func ceil(r *big.Rat, scale int) *big.Int {
	n := floor(new(big.Rat).Neg(r), scale)
	return n.Neg(n)
}

func clampInt(n *big.Int) int64 {
	switch {
	case n.IsInt64():
		return n.Int64()
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

func clampDecimal(n *big.Int) decimal128.Num {
	most := tenTo(38)
	switch {
	case n.CmpAbs(most) <= 0:
		return decimal128.FromBigInt(n)
	case n.Sign() < 0:
		return decimal128.FromBigInt(most.Neg(most))
	}
	return decimal128.FromBigInt(most)
}
