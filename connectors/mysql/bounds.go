package mysql

import (
	"fmt"
	"strings"
	"time"
)

// bounds are a part's rows: those of a route from From on and before To, each open where it
// has no values. A bound has a value for each of the route's first columns, as
// column.literal takes it.
type bounds struct {
	Index string   `json:"index,omitempty"` // "" is the whole table, as it lies
	From  []string `json:"from,omitempty"`
	To    []string `json:"to,omitempty"`
}

// where is the condition of the part, as terms to be joined by AND. Rows whose first column
// is NULL are the first part's.
func (b bounds) where(r *route, zone *time.Location) ([]string, error) {
	from, err := r.literals(b.From, zone)
	if err != nil {
		return nil, err
	}
	to, err := r.literals(b.To, zone)
	if err != nil {
		return nil, err
	}
	// What both ends begin with stands for itself, so that the server sees one range.
	var terms []string
	same := 0
	for same < len(from) && same < len(to) && from[same] == to[same] {
		terms = append(terms, quote(r.columns[same].name)+" = "+from[same])
		same++
	}
	if len(from) > same {
		terms = append(terms, r.beyond(from, same, ">"))
	} else if same > 0 && len(from) == same && len(to) == same {
		return []string{"FALSE"}, nil
	}
	if len(to) > same {
		before := r.beyond(to, same, "<")
		if len(from) == 0 && r.columns[0].nullable {
			before = "(" + before + " OR " + quote(r.columns[0].name) + " IS NULL)"
		}
		terms = append(terms, before)
	} else if len(to) > 0 {
		return []string{"FALSE"}, nil
	}
	return terms, nil
}

// beyond compares row values from a column on, written out so that every server uses the
// index: a > x OR (a = x AND (b > y OR …)). The lower bound belongs to the part.
func (r *route) beyond(values []string, at int, op string) string {
	col := quote(r.columns[at].name)
	if at == len(values)-1 {
		if op == ">" {
			op = ">="
		}
		return col + " " + op + " " + values[at]
	}
	// The first term is implied by the rest; without it some servers read the whole index.
	return fmt.Sprintf("(%[1]s %[2]s= %[3]s AND (%[1]s %[2]s %[3]s OR (%[1]s = %[3]s AND %[4]s)))", col, op, values[at], r.beyond(values, at+1, op))
}

// literals checks the values of a bound.
func (r *route) literals(values []string, zone *time.Location) ([]string, error) {
	if len(values) > r.bounds {
		return nil, fmt.Errorf("a bound of %d values where %d columns can bound", len(values), r.bounds)
	}
	var out []string
	for i, v := range values {
		l, ok := r.columns[i].literal(v, zone)
		if !ok {
			return nil, fmt.Errorf("a bound that is no value of column %q", r.columns[i].name)
		}
		out = append(out, l)
	}
	return out, nil
}

// table is what a route's statements read from.
func (r *route) table(name string) string {
	return quote(name) + " FORCE INDEX (" + quote(r.index) + ")"
}

// and joins conditions.
func and(terms ...[]string) string {
	var all []string
	for _, t := range terms {
		all = append(all, t...)
	}
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}
