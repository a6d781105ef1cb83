package checks

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// columnOf is the index of an item's column in the batches.
func columnOf(it *catalog.Item, env *quality.Env) (int, error) {
	found := env.Schema.FieldIndices(it.Name)
	if len(found) != 1 {
		return 0, fmt.Errorf("item %q has %d columns", it.Name, len(found))
	}
	if got, want := env.Schema.Field(found[0]).Type, it.Type.Arrow(); got.ID() != want.ID() {
		return 0, fmt.Errorf("item %q is %s, want %s", it.Name, got, want)
	}
	return found[0], nil
}

// eachText appends the rows of a text column whose value is bad.
func eachText(col *array.String, fails []int32, bad func([]byte) bool) ([]int32, int64) {
	values := textsOf(col)
	if col.NullN() == 0 {
		for i := range col.Len() {
			if bad(values.at(i)) {
				fails = append(fails, int32(i))
			}
		}
		return fails, int64(col.Len())
	}
	for i := range col.Len() {
		if col.IsValid(i) && bad(values.at(i)) {
			fails = append(fails, int32(i))
		}
	}
	return fails, int64(col.Len() - col.NullN())
}

// texts reads a text column without making strings.
type texts struct {
	offsets []int32
	values  []byte
	base    int32
}

func textsOf(col *array.String) texts {
	t := texts{offsets: col.ValueOffsets(), values: col.ValueBytes()}
	if len(t.offsets) > 0 {
		t.base = t.offsets[0]
	}
	return t
}

func (t texts) at(i int) []byte { return t.values[t.offsets[i]-t.base : t.offsets[i+1]-t.base] }

// eachValue appends the rows of a fixed-width column whose value is bad.
func eachValue[T any](col valued, values []T, fails []int32, bad func(T) bool) ([]int32, int64) {
	if col.NullN() == 0 {
		for i, v := range values {
			if bad(v) {
				fails = append(fails, int32(i))
			}
		}
		return fails, int64(len(values))
	}
	for i, v := range values {
		if col.IsValid(i) && bad(v) {
			fails = append(fails, int32(i))
		}
	}
	return fails, int64(len(values) - col.NullN())
}

type valued interface {
	NullN() int
	IsValid(i int) bool
}

// of refuses items whose type the check has no meaning for.
func of(kinds string, fits func(catalog.Type) bool) func(*quality.Rule, *quality.Env) error {
	return func(r *quality.Rule, _ *quality.Env) error {
		for _, it := range r.Items {
			if !fits(it.Type) {
				return fault.New(fault.Config, "quality.type", it.Name, it.Type.String(), kinds)
			}
		}
		return nil
	}
}

// text fits C and C(n).
func text(t catalog.Type) bool { return t.Kind == catalog.Text }
