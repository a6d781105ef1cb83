package returned

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/internal/text"
)

// conflicts settles what the objections to problems are about: the value of another
// department where the record's value disagrees with an authority's, which opens a
// dispute; else the rule or its finding, and the bureau reads the words.
func (m *matching) conflicts(ctx context.Context) error {
	about, err := m.disputed(ctx)
	if err != nil {
		return err
	}
	for _, i := range m.objects {
		e := m.list.Entries[i]
		w, ok := about[i]
		if !ok {
			m.act(e, state.Object, e.Dispute)
			continue
		}
		w.Place, w.Reason, w.Order = e.Place, e.Dispute, e.Number
		m.want(w)
	}
	return nil
}

// want adds an objection unless the department has one open about the value, or another
// row of the list has.
func (m *matching) want(w Wanted) {
	open := slices.ContainsFunc(m.Disputes, func(d state.Dispute) bool {
		return d.Status() != state.Closed && d.Department == m.out.Department && d.Entity == w.Entity && d.Element == w.Element && (d.GoldenID == w.Key || d.Key == w.Key)
	})
	twice := slices.ContainsFunc(m.out.Disputes, func(o Wanted) bool { return o.Entity == w.Entity && o.Key == w.Key && o.Element == w.Element })
	if open || twice {
		m.out.Unchanged++
		return
	}
	m.out.Disputes = append(m.out.Disputes, w)
}

// disputed are, by entry, the values of authorities that objections stand against.
func (m *matching) disputed(ctx context.Context) (map[int]Wanted, error) {
	if err := m.Session.Exec(ctx, "returned", "CREATE OR REPLACE TEMP TABLE ret_object (i BIGINT, resource VARCHAR, record VARCHAR, element VARCHAR)"); err != nil {
		return nil, err
	}
	var rows []string
	for _, i := range m.objects {
		o := m.found[i]
		res := m.Project.Resource(o.resource)
		if res == nil {
			continue
		}
		if it := res.Item(o.item); it != nil && it.Element != "" {
			rows = append(rows, fmt.Sprintf("(%d, %s, %s, %s)", i, engine.Lit(o.resource), engine.Lit(o.record), engine.Lit(it.Element)))
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	for part := range slices.Chunk(rows, inserted) {
		if err := m.Session.Exec(ctx, "returned", "INSERT INTO ret_object VALUES "+strings.Join(part, ", ")); err != nil {
			return nil, err
		}
	}
	out := map[int]Wanted{}
	for _, e := range m.Project.Entities {
		if err := m.disputedOf(ctx, e.ID, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// disputedOf looks into one entity's conflicts. A copy that the authority lacks is for the
// authority to confirm: there is no value to object to.
func (m *matching) disputedOf(ctx context.Context, entity string, out map[int]Wanted) error {
	relation, ok, err := m.Relation(ctx, m.Release, "entity/"+entity+"/conflicts")
	if err != nil || !ok {
		return err
	}
	sources := make([]string, 0, len(m.Release.Sources))
	for n, name := range m.Release.Sources {
		resource, _, _ := strings.Cut(name, "#")
		sources = append(sources, fmt.Sprintf("(%d, %s)", n, engine.Lit(resource)))
	}
	if len(sources) == 0 {
		return nil
	}
	return m.Session.Each(ctx, "returned", "SELECT w.i, min(coalesce(nullif(c.golden_id, ''), c.entity_key)), w.element FROM ret_object w JOIN (VALUES "+strings.Join(sources, ", ")+") s(n, resource) USING (resource) "+
		"JOIN "+relation+" c ON c.holder = s.n AND c.record_key = w.record AND c.element = w.element WHERE c.kind <> 'copy_has' GROUP BY w.i, w.element ORDER BY w.i", func(scan engine.Scanner) error {
		var i int
		w := Wanted{Entity: entity}
		if err := scan(&i, &w.Key, &w.Element); err != nil {
			return fmt.Errorf("conflicts of %q: %w", entity, err)
		}
		if _, there := out[i]; !there {
			out[i] = w
		}
		return nil
	})
}

// disagreements makes wishes of the objections to rows that have no number.
func (m *matching) disagreements() {
	for _, o := range m.list.Objections {
		w := Wanted{Place: o.Place, Key: strings.TrimSpace(o.Subject), Reason: o.Reason}
		for _, e := range m.Project.Entities {
			if plain(e.Name) == plain(o.Entity) {
				w.Entity = e.ID
			}
		}
		for _, el := range m.Project.Elements {
			if el.Entity == w.Entity && (plain(el.Name) == plain(o.Element) || plain(el.Code) == plain(o.Element)) {
				w.Element = el.Code
			}
		}
		if w.Entity == "" || w.Element == "" || w.Key == "" {
			m.list.refuse(o.Place, "", "returned.no_value")
			continue
		}
		m.want(w)
	}
}

// Say fills in the findings' texts.
func (l *List) Say(lang text.Lang) {
	for i := range l.Findings {
		f := &l.Findings[i]
		f.Text = text.Format(lang, f.Key, f.Args...)
	}
}

// At is where a finding stands, for a line of text: file, sheet, N12.
func (p Place) At() string { return p.File + "#" + p.Sheet + ":" + p.Cell() }

// Cell is the cell, or the row's number where the row as a whole is meant.
func (p Place) Cell() string { return p.Column + strconv.Itoa(p.Row) }
