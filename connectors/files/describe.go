package files

import "guiji/connectors"

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
		case len(asked) == 0 && connectors.OfOneTable(err):
			t = connectors.Table{Name: name, Rows: -1, Problem: err}
		default:
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}
