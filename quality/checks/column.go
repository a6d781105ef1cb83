package checks

import (
	"fmt"

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
