package main

import (
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
)

// matched says which column of a file stands for which item of a resource.
type matched struct {
	Columns []matchedColumn `json:"columns"`
	Missing []missingItem   `json:"missing"`   // items that no column stands for
	Unknown []string        `json:"unmatched"` // columns that stand for no item
}

// matchedColumn is an item and the column that stands for it.
type matchedColumn struct {
	Item   string `json:"item"`
	Label  string `json:"label,omitempty"`
	Column string `json:"column"` // of the file
	source string // the column of the resource's own source
}

// missingItem is an item that the file lacks.
type missingItem struct {
	Item  string `json:"item"`
	Label string `json:"label,omitempty"`
}

// matchColumns finds a resource's items in a file's header: by the name of the source's
// column, else the item's name, else its Chinese name. A name that stands twice for an
// item is fault.Config: nobody can say which is meant.
func matchColumns(res *catalog.Resource, header []string) (matched, error) {
	m := matched{Columns: []matchedColumn{}, Missing: []missingItem{}, Unknown: []string{}}
	at, owner := make([]int, len(res.Items)), make([]string, len(header))
	for i := range at {
		at[i] = -1
	}
	for _, name := range []func(*catalog.Item) string{
		func(it *catalog.Item) string { return it.Column },
		func(it *catalog.Item) string { return it.Name },
		func(it *catalog.Item) string { return it.Label },
	} {
		for i := range res.Items {
			it := &res.Items[i]
			if wanted := plainHeader(name(it)); at[i] < 0 && wanted != "" {
				found, err := headerAt(header, owner, wanted, it.Column)
				if err != nil {
					return m, err
				}
				at[i] = found
			}
		}
	}
	for i := range res.Items {
		it := &res.Items[i]
		if at[i] < 0 {
			m.Missing = append(m.Missing, missingItem{Item: it.Name, Label: it.Label})
			continue
		}
		m.Columns = append(m.Columns, matchedColumn{Item: it.Name, Label: it.Label, Column: header[at[i]], source: it.Column})
	}
	for i, h := range header {
		if h != "" && owner[i] == "" && !slices.Contains(m.Unknown, h) {
			m.Unknown = append(m.Unknown, h)
		}
	}
	return m, nil
}

// headerAt is where a name stands in a header, and makes it the column's; -1 where it
// does not, or where it stands for another column already.
func headerAt(header, owner []string, wanted, column string) (int, error) {
	found := -1
	for i, h := range header {
		if plainHeader(h) != wanted || owner[i] != "" && owner[i] != column {
			continue
		}
		if found >= 0 {
			return -1, fault.New(fault.Config, "check_file.twice", h).Try("check_file.twice.hint")
		}
		found = i
	}
	if found >= 0 {
		owner[found] = column
	}
	return found, nil
}

// plainHeader is a header without what people add to it: blanks, the mark of a column
// that must be filled, case.
func plainHeader(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\u00a0\u3000\ufeff*＊", r) {
			return -1
		}
		return r
	}, s)
	return strings.ToLower(s)
}

// names are the file's columns by those of the resource's own source.
func (m matched) names() map[string]string {
	out := make(map[string]string, len(m.Columns))
	for _, c := range m.Columns {
		out[c.source] = c.Column
	}
	return out
}

// without are the items the file lacks.
func (m matched) without() []string {
	out := make([]string, len(m.Missing))
	for i, it := range m.Missing {
		out[i] = it.Item
	}
	return out
}

// has reports whether all of a key's items are there.
func (m matched) has(key []string) bool {
	for _, k := range key {
		if slices.Contains(m.without(), k) {
			return false
		}
	}
	return true
}

// headerOf are the names of a described table's columns.
func headerOf(t connectors.Table) []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}
