package httpapi

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/go-json-experiment/json/jsontext"

	"guiji/connectors"
)

// Discover describes the tables of the settings. Columns that the settings do not name are
// those of the first page.
func (s *Source) Discover(ctx context.Context, names ...string) ([]connectors.Table, error) {
	if len(names) == 0 {
		names = s.names()
	}
	var out []connectors.Table
	for _, name := range names {
		t, err := s.table(name)
		if err != nil {
			return nil, err
		}
		described := connectors.Table{Name: name, Comment: t.Comment, Rows: -1}
		columns := slices.Sorted(maps.Keys(t.Columns))
		if len(columns) == 0 {
			seen, err := s.look(ctx, t)
			if err != nil {
				return nil, err
			}
			columns, described.Rows = seen.names, seen.total
		}
		for _, c := range columns {
			described.Columns = append(described.Columns, connectors.Column{Name: c, SourceType: "json", Type: arrow.BinaryTypes.String, Nullable: true})
		}
		out = append(out, described)
	}
	return out, nil
}

// seen is what a look at the first page tells.
type seen struct {
	*answer
	names  []string // of the members of its records, in the order they were met
	looked int      // how many records they were taken from

	lacking []string // columns of the settings that none of these has
}

// mostLooked is how many records tell a table's columns: what has no pages may be large.
const mostLooked = 1000

// look asks for the first page.
func (s *Source) look(ctx context.Context, t *table) (*seen, error) {
	a, err := s.fetch(ctx, t, s.pager(t).call())
	if err != nil {
		return nil, err
	}
	defer a.close()
	out := &seen{answer: a}
	declared := slices.Sorted(maps.Keys(t.Columns))
	paths, err := s.paths(ctx, t, declared) // asks for nothing: they are in the settings, or there are none
	if err != nil {
		return nil, err
	}
	picker := newPicker(paths)
	known := map[string]bool{}
	_, err = t.each(a.body, func(raw jsontext.Value) error {
		if raw.Kind() != '{' {
			return nil
		}
		if out.looked++; out.looked > mostLooked {
			return errEnough
		}
		picker.pick(raw)
		for _, name := range members(raw) {
			if !known[name] {
				known[name] = true
				out.names = append(out.names, name)
			}
		}
		return nil
	})
	if err != nil && err != errEnough {
		return nil, err
	}
	for i, met := range picker.met {
		if !met && out.looked > 0 {
			out.lacking = append(out.lacking, declared[i])
		}
	}
	return out, nil
}

// members are the names of an object that are text.
func members(raw jsontext.Value) []string {
	var out []string
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadValue()
		if err != nil {
			return out
		}
		if text, err := jsontext.AppendUnquote(nil, name); err == nil {
			out = append(out, string(text))
		}
		if dec.SkipValue() != nil {
			return out
		}
	}
	return out
}
