package files

import (
	"errors"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Describe describes the tables that were asked for, by name. Where none was, it describes
// all that there are, and one that cannot be described costs only itself: its Problem says why.
func Describe(asked []string, all func() ([]string, error), describe func(name string) (connectors.Table, error)) ([]connectors.Table, error) {
	names := asked
	if len(asked) == 0 {
		var err error
		if names, err = all(); err != nil {
			return nil, err
		}
	}
	var out []connectors.Table
	for _, name := range names {
		t, err := describe(name)
		switch {
		case err == nil:
		case len(asked) == 0 && OfOne(err):
			t = connectors.Table{Name: name, Rows: -1, Problem: err}
		default:
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// OfOne reports whether an error is that of one table, and says nothing of the others:
// neither the way to the source nor guiji itself is broken.
func OfOne(err error) bool {
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return false
	}
	switch wrong.Kind {
	case fault.Config, fault.Data, fault.Changed, fault.Refused:
		return true
	}
	return false
}
