package checks

import (
	"bytes"
	"cmp"
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Compare is the check compare.
var Compare = &quality.Check{
	Name:  "compare",
	Title: "%s之间的先后或大小关系不正确",
	Doc: "The item stands in the relation op (<=, <, >=, >, =, !=) to the item with: {op: \"<=\", with: end_date}, among the resource's checks with item: too. " +
		"Both items have one type: N of one scale, D, T, Y, F, or C, which is compared byte by byte. A float that is no number fails. " +
		"A row where either is NULL passes and is not evaluated; with empty: fail, one where a single one is NULL fails, whatever the relation, and only one where both are is not evaluated.",
	Indicator: "0104",
	Advice:    "请核对两个信息项的先后或大小关系，更正有误的一项。",
	Example:   "规则 {op: \"<=\", with: end_date}：开始日期不晚于结束日期。",
	Sample:    "compare: {op: \"<=\", with: end_date}\ncompare: {item: start_date, op: \"<=\", with: end_date}",
	Params:    func() any { return new(CompareParams) },
	Validate:  validateCompare,
	Row:       newCompareKernel,
}

// CompareParams are the relation and the other item.
type CompareParams struct {
	Item string `yaml:"item"` // only among the resource's checks
	Op   string `yaml:"op"`
	With string `yaml:"with"`
	// Empty says what a row with one value of the two is: skip (default) passes it
	// unevaluated, fail fails it.
	Empty string `yaml:"empty" json:",omitempty"`
}

// Uses names both items.
func (p *CompareParams) Uses(own string, _ *catalog.Resource) []string {
	if own == "" {
		own = p.Item
	}
	if own == "" {
		return nil
	}
	return []string{own, p.With}
}

// relation says which outcomes of a comparison pass: less, equal, greater.
func (p *CompareParams) relation() (relation, bool) {
	switch p.Op {
	case "<=":
		return relation{true, true, false}, true
	case "<":
		return relation{true, false, false}, true
	case ">=":
		return relation{false, true, true}, true
	case ">":
		return relation{false, false, true}, true
	case "=":
		return relation{false, true, false}, true
	case "!=":
		return relation{true, false, true}, true
	}
	return relation{}, false
}

type relation [3]bool

func (r relation) passes(outcome int) bool { return r[min(max(outcome, -1), 1)+1] }

// fails are the rows that do not pass, of those whose left value is less or greater.
func (r relation) fails(less, greater uint64) (w uint64) {
	if !r[0] {
		w |= less
	}
	if !r[1] {
		w |= ^(less | greater)
	}
	if !r[2] {
		w |= greater
	}
	return w
}

func validateCompare(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*CompareParams)
	if _, ok := p.relation(); !ok {
		return fault.New(fault.Config, "quality.choice", "op", p.Op, "<=, <, >=, >, =, !=")
	}
	if p.Empty != "" && p.Empty != "skip" && p.Empty != "fail" {
		return fault.New(fault.Config, "quality.choice", "empty", p.Empty, "skip, fail")
	}
	a, b := r.Items[0], r.Items[1]
	if a.Name == b.Name {
		return fault.New(fault.Config, "quality.repeated", a.Name)
	}
	if a.Type.Arrow().ID() != b.Type.Arrow().ID() || a.Type.Kind != b.Type.Kind ||
		a.Type.Kind == catalog.Number && a.Type.Scale != b.Type.Scale && a.Type.Precision <= 38 || a.Type.Kind == catalog.Binary {
		return fault.New(fault.Config, "quality.types", a.Name, a.Type.String(), b.Name, b.Type.String())
	}
	return nil
}

type compareKernel struct {
	left, right int
	holds       relation
	wide        bool // decimals in text
	lonely      bool // one value without the other fails
}

func newCompareKernel(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
	k := &compareKernel{wide: r.Items[0].Type.Kind == catalog.Number}
	k.holds, _ = r.Params.(*CompareParams).relation()
	k.lonely = r.Params.(*CompareParams).Empty == "fail"
	var err error
	if k.left, err = columnOf(r.Items[0], env); err != nil {
		return nil, err
	}
	k.right, err = columnOf(r.Items[1], env)
	return k, err
}

func (k *compareKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	left, right := rec.Column(k.left), rec.Column(k.right)
	a, b, judge := presentIn(left), presentIn(right), k.judge(left, right)
	return inBlocks(left.Len(), fails, func(from, to int) (uint64, uint64) {
		one, other := a.word(from), b.word(from)
		rows := one & other
		bad := judge(from, to, rows)
		if k.lonely {
			return one | other, bad&rows | (one ^ other)
		}
		return rows, bad
	})
}

// judge says which rows are bad of those that have both values.
func (k *compareKernel) judge(left, right arrow.Array) func(from, to int, rows uint64) uint64 {
	switch a := left.(type) {
	case *array.Int64:
		return ordered(k.holds, a.Int64Values(), right.(*array.Int64).Int64Values())
	case *array.Int16:
		return ordered(k.holds, a.Int16Values(), right.(*array.Int16).Int16Values())
	case *array.Date32:
		return ordered(k.holds, a.Date32Values(), right.(*array.Date32).Date32Values())
	case *array.Timestamp:
		return ordered(k.holds, a.TimestampValues(), right.(*array.Timestamp).TimestampValues())
	case *array.Float64:
		as, bs := a.Float64Values(), right.(*array.Float64).Float64Values()
		return eachPair(func(i int) bool {
			return !math.IsNaN(as[i]) && !math.IsNaN(bs[i]) && k.holds.passes(cmp.Compare(as[i], bs[i]))
		})
	case *array.Decimal128:
		as, bs := a.Values(), right.(*array.Decimal128).Values()
		return func(from, to int, _ uint64) uint64 {
			var less, greater uint64
			others := bs[from:to]
			for i, v := range as[from:to] {
				less |= below(v, others[i]) << (i & 63)
				greater |= below(others[i], v) << (i & 63)
			}
			return k.holds.fails(less, greater)
		}
	case *array.String:
		return k.texts(a, right.(*array.String))
	}
	return func(int, int, uint64) uint64 { return 0 } // not reached: columnOf compares types
}

func (k *compareKernel) texts(a, b *array.String) func(from, to int, rows uint64) uint64 {
	compare := bytes.Compare
	if k.wide {
		compare = compareDecimal
	}
	as, bs := textsOf(a), textsOf(b)
	return eachPair(func(i int) bool { return k.holds.passes(compare(as.at(i), bs.at(i))) })
}

// ordered judges whole numbers, without a branch a row.
func ordered[T ~int64 | ~int32 | ~int16](holds relation, as, bs []T) func(from, to int, rows uint64) uint64 {
	return func(from, to int, _ uint64) uint64 {
		var less, greater uint64
		others := bs[from:to]
		for i, v := range as[from:to] {
			less |= bit(v < others[i]) << (i & 63)
			greater |= bit(v > others[i]) << (i & 63)
		}
		return holds.fails(less, greater)
	}
}

// eachPair judges row by row those that have both values.
func eachPair(ok func(i int) bool) func(from, to int, rows uint64) uint64 {
	return func(from, _ int, rows uint64) (w uint64) {
		for ; rows != 0; rows &= rows - 1 {
			if i := bits.TrailingZeros64(rows); !ok(from + i) {
				w |= 1 << i
			}
		}
		return w
	}
}
