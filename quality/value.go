package quality

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/catalog"
	"guiji/internal/fault"
)

// Value is one value of an item as its column stores it: what a parameter says,
// read by the item's type, and what a cell holds.
type Value struct {
	Int     int64          // N of at most 18 digits, Y, D in days, T in microseconds
	Decimal decimal128.Num // N up to 38 digits, in units of its scale
	Float   float64        // F
	Text    string         // C
}

// ReadValue reads a value as written for an item of type t; today is the day of
// the run for D and T. A value that no cell of the type could hold is refused
// (fault.Config): a rule with it would never do what it seems to.
func ReadValue(t catalog.Type, s, today string) (Value, error) {
	if s == "today" && (t.Kind == catalog.Date || t.Kind == catalog.Time) {
		s = today
	}
	switch t.Arrow().ID() {
	case arrow.INT64, arrow.INT16:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return Value{Int: n}, nil
		}
	case arrow.DECIMAL128:
		if n, ok := scaled(s, t.Scale); ok && n.CmpAbs(power(t.Precision)) < 0 {
			return Value{Decimal: decimal128.FromBigInt(n)}, nil
		}
	case arrow.FLOAT64:
		if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(f) {
			return Value{Float: f}, nil
		}
	case arrow.DATE32:
		if at, err := time.Parse(time.DateOnly, s); err == nil {
			return Value{Int: at.Unix() / 86400}, nil
		}
	case arrow.TIMESTAMP:
		for _, layout := range []string{time.DateTime, time.DateOnly} {
			if at, err := time.Parse(layout, s); err == nil {
				return Value{Int: at.UnixMicro()}, nil
			}
		}
	case arrow.STRING:
		if t.Kind == catalog.Text {
			return Value{Text: s}, nil
		}
	}
	return Value{}, fault.New(fault.Config, "quality.value", s, t.String())
}

// scaled is a plain decimal in units of 10^-scale; false if it has more digits.
func scaled(s string, scale int) (*big.Int, bool) {
	if strings.ContainsAny(s, "eE/_xX") {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, false
	}
	r.Mul(r, new(big.Rat).SetInt(power(scale)))
	return r.Num(), r.IsInt()
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Compare orders two values of one type; a float that is no number is below all.
func (v Value) Compare(o Value) int {
	if c := cmp.Compare(v.Int, o.Int); c != 0 {
		return c
	}
	if c := v.Decimal.Cmp(o.Decimal); c != 0 {
		return c
	}
	if c := cmp.Compare(v.Float, o.Float); c != 0 {
		return c
	}
	return strings.Compare(v.Text, o.Text)
}

// Values reads the cells of a column; those that are NULL must not be asked for.
// Texts are views that end with the batch.
func Values(col arrow.Array) func(i int) Value {
	switch a := col.(type) {
	case *array.Int64:
		return func(i int) Value { return Value{Int: a.Value(i)} }
	case *array.Int16:
		return func(i int) Value { return Value{Int: int64(a.Value(i))} }
	case *array.Date32:
		return func(i int) Value { return Value{Int: int64(a.Value(i))} }
	case *array.Timestamp:
		return func(i int) Value { return Value{Int: int64(a.Value(i))} }
	case *array.Decimal128:
		return func(i int) Value { return Value{Decimal: a.Value(i)} }
	case *array.Float64:
		return func(i int) Value { return Value{Float: a.Value(i)} }
	case *array.String:
		return func(i int) Value { return Value{Text: a.Value(i)} }
	}
	return func(int) Value { return Value{} } // binary: ReadValue refuses it
}

// SQL is the value as a literal of DuckDB's, of the type t is stored in.
func (v Value) SQL(t catalog.Type) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	switch t.Arrow().ID() {
	case arrow.INT64, arrow.INT16:
		return strconv.FormatInt(v.Int, 10)
	case arrow.DECIMAL128:
		return v.Decimal.ToString(int32(t.Scale))
	case arrow.FLOAT64:
		return quote(strconv.FormatFloat(v.Float, 'g', -1, 64)) + "::DOUBLE"
	case arrow.DATE32:
		return "DATE " + quote(time.Unix(v.Int*86400, 0).UTC().Format(time.DateOnly))
	case arrow.TIMESTAMP:
		return "TIMESTAMP " + quote(time.UnixMicro(v.Int).UTC().Format("2006-01-02 15:04:05.999999"))
	}
	return quote(v.Text)
}
