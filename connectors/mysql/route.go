package mysql

import (
	"slices"
	"strings"
)

// route is an index that parts are ranges of, and by whose order their rows come.
type route struct {
	index   string
	columns []column // of the index, and behind them those of the primary key that its entries end with
	bounds  int      // how many of them can bound a part
}

// route follows an index; false where its order is not that of its columns' values.
func (t *table) route(x index) (*route, bool) {
	if x.partial || !t.transactional() {
		return nil, false
	}
	names := slices.Clone(x.columns)
	for _, k := range t.key {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, k) }) {
			names = append(names, k)
		}
	}
	r := &route{index: x.name}
	for i, name := range names {
		c, ok := t.find(name)
		if !ok {
			return nil, false
		}
		r.columns = append(r.columns, c)
		// A NULL below the first column has no place among bounds.
		if r.bounds == i && c.order() != "" && (i == 0 || !c.nullable) {
			r.bounds = i + 1
		}
	}
	return r, true
}

// named is the route along an index of that name.
func (t *table) named(index string) (*route, bool) {
	for _, x := range t.indexes {
		if x.name == index {
			return t.route(x)
		}
	}
	return nil, false
}

// keyed is the route along the primary key, else along a unique index without NULLs.
func (t *table) keyed() (*route, bool) {
	if r, ok := t.named("PRIMARY"); ok || len(t.key) > 0 {
		return r, ok
	}
	for _, x := range t.indexes {
		if x.unique && !x.nulls && !x.partial {
			return t.route(x)
		}
	}
	return nil, false
}

// order is ORDER BY along the route.
func (r *route) order(direction string) string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = quote(c.name) + direction
	}
	return " ORDER BY " + strings.Join(names, ", ")
}
