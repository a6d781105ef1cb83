package onesource

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
)

// recordText is a record key as the crosswalk shows it.
func recordText(parts []string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(parts); err != nil { // texts always encode
		return ""
	}
	return strings.TrimSpace(b.String())
}

// decisionsOf are the decisions on an entity that hold on a day, by id.
func decisionsOf(p *catalog.Project, entity string, day time.Time) []catalog.Link {
	var out []catalog.Link
	for _, l := range p.Links {
		if l.Entity != entity || !l.ActiveOn(day.Format(time.DateOnly)) {
			continue
		}
		for _, list := range []*[]catalog.Linked{&l.MustLink, &l.CannotLink} {
			*list = slices.Clone(*list)
			for i := range *list {
				(*list)[i] = today(p, (*list)[i])
			}
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b catalog.Link) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// about are the record keys of a member that decisions name under one of their kinds.
func (e Entity) about(m Member, of func(catalog.Link) []catalog.Linked) []string {
	var out []string
	for _, d := range e.Decisions {
		for _, l := range of(d) {
			if l.Resource == m.Name() && len(l.Record) > 0 {
				out = append(out, recordText(l.Record))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func mustLink(d catalog.Link) []catalog.Linked { return d.MustLink }
func excluded(d catalog.Link) []catalog.Linked { return d.Exclude }
func linked(d catalog.Link) []catalog.Linked {
	return append(slices.Clone(d.MustLink), d.CannotLink...)
}
func parted(d catalog.Link) []catalog.Linked {
	if len(d.CannotLink) == 2 {
		return d.CannotLink[1:]
	}
	return nil
}

// leaveOut is the entity as if the members that decisions leave out whole had never
// landed.
func (e Entity) leaveOut() Entity {
	e.Members = slices.Clone(e.Members)
	for i, m := range e.Members {
		whole := func(l catalog.Linked) bool { return l.Resource == m.Name() && len(l.Record) == 0 }
		if m.Raw != "" && slices.ContainsFunc(e.Decisions, func(d catalog.Link) bool { return slices.ContainsFunc(d.Exclude, whole) }) {
			e.out = append(e.out, m)
			e.Members[i].Raw = ""
		}
	}
	return e
}

// isIn is the condition that an expression is one of some texts; "" for none.
func isIn(expr string, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return expr + " IN (" + literals(texts) + ")"
}

// literals are texts as SQL has them.
func literals(texts []string) string {
	lits := make([]string, len(texts))
	for i, t := range texts {
		lits[i] = engine.Lit(t)
	}
	return strings.Join(lits, ", ")
}

// decide applies the decisions to the rows, once routes are tied.
func (e Entity) decide(ctx context.Context, s *engine.Session) error {
	if len(e.Decisions) == 0 {
		return nil
	}
	at, err := e.lookUp(ctx, s)
	if err != nil {
		return err
	}
	r := e.rule(at)
	if err := e.move(ctx, s, r); err != nil {
		return err
	}
	return e.tell(ctx, s, r, at)
}

// lookUp finds what the decisions name.
func (e Entity) lookUp(ctx context.Context, s *engine.Session) (named, error) {
	at := named{map[string]int16{}, map[recordID]string{}, map[string]string{}}
	var keys []string
	for _, d := range e.Decisions {
		for _, l := range linked(d) {
			if l.EntityKey != "" {
				keys = append(keys, l.EntityKey)
			}
		}
	}
	for _, m := range e.landed() {
		at.sources[m.Name()] = m.Source
		if in := isIn("rk", e.about(m, linked)); in != "" {
			err := pairs(ctx, s, "SELECT rk, coalesce(k, '') FROM "+m.rows()+" WHERE "+in, func(rk, k string) { at.records[recordID{m.Source, rk}] = k })
			if err != nil {
				return at, err
			}
		}
		if len(keys) > 0 {
			query := "SELECT DISTINCT n, k FROM (SELECT unnest([k, own]) AS n, k FROM " + m.rows() + " WHERE " + isIn("k", keys) + " OR " + isIn("own", keys) + ") WHERE " + isIn("n", keys)
			if err := pairs(ctx, s, query, func(n, k string) { at.keys[n] = k }); err != nil {
				return at, err
			}
		}
	}
	return at, nil
}

// pairs reads a query's two text columns.
func pairs(ctx context.Context, s *engine.Session, query string, each func(a, b string)) error {
	return s.Each(ctx, "onesource.decisions", query, func(scan engine.Scanner) error {
		var a, b string
		if err := scan(&a, &b); err != nil {
			return fmt.Errorf("read what decisions name: %w", err)
		}
		each(a, b)
		return nil
	})
}

// move carries a ruling out: records and subjects come to other keys, and records
// without any that no decision links stay out.
func (e Entity) move(ctx context.Context, s *engine.Session, r ruling) error {
	var records, keys []string
	for id, m := range r.records {
		records = append(records, fmt.Sprintf("(%s, %s, %s, %d)", number(id.source), engine.Lit(id.key), engine.Lit(m.to), m.by))
	}
	for k, m := range r.keys {
		keys = append(keys, fmt.Sprintf("(%s, %s, %d)", engine.Lit(k), engine.Lit(m.to), m.by))
	}
	steps := []string{
		"CREATE OR REPLACE TEMP TABLE _moved (source SMALLINT, rk VARCHAR, k VARCHAR, decided SMALLINT)",
		"CREATE OR REPLACE TEMP TABLE _united (k VARCHAR, lead VARCHAR, decided SMALLINT)",
	}
	for table, values := range map[string][]string{"_moved": records, "_united": keys} {
		if slices.Sort(values); len(values) > 0 {
			steps = append(steps, "INSERT INTO "+table+" VALUES "+strings.Join(values, ", "))
		}
	}
	for _, m := range e.landed() {
		if len(records) > 0 {
			steps = append(steps, "UPDATE "+m.stored()+" AS r SET own = coalesce(r.own, r.k), k = d.k, decided = d.decided FROM _moved d WHERE d.source = "+
				number(m.Source)+" AND d.rk = r.rk")
		}
		if len(keys) > 0 {
			steps = append(steps, "UPDATE "+m.stored()+" AS r SET own = coalesce(r.own, r.k), k = u.lead, decided = u.decided FROM _united u WHERE r.k = u.k")
		}
		if len(e.about(m, mustLink)) > 0 {
			steps = append(steps, "DELETE FROM "+m.stored()+" WHERE k IS NULL")
		}
	}
	for _, step := range append(steps, "DROP TABLE _moved", "DROP TABLE _united") {
		if err := s.Exec(ctx, "onesource.decisions", step); err != nil {
			return err
		}
	}
	return nil
}

// tell reports the decisions that could not be applied, and takes back what was said of
// records that a decision has linked since.
func (e Entity) tell(ctx context.Context, s *engine.Session, r ruling, at named) error {
	var lines []problem
	for _, t := range r.told {
		p := problem{kind: t.kind, reason: t.reason, decision: e.Decisions[t.decision].ID}
		if t.record != nil {
			p.source, p.record = &t.record.source, t.record.key
		}
		lines = append(lines, p)
	}
	landed := slices.Sorted(maps.Keys(at.sources))
	for _, d := range e.Decisions {
		for _, l := range d.Exclude {
			if !slices.Contains(landed, l.Resource) && !e.isOut(l) {
				lines = append(lines, problem{kind: decisionUnmatched, reason: "resource", decision: d.ID})
			}
		}
	}
	if err := addProblems(ctx, s, lines); err != nil {
		return err
	}
	for id := range r.records {
		query := "DELETE FROM _problems WHERE kind = " + engine.Lit(invalidKey) + " AND source = " + number(id.source) + " AND record_key = " + engine.Lit(id.key)
		if err := s.Exec(ctx, "onesource.decisions", query); err != nil {
			return err
		}
	}
	return nil
}

// isOut reports whether a decision leaves all of the resource out: it is not among those
// that take part.
func (e Entity) isOut(l catalog.Linked) bool {
	return slices.ContainsFunc(e.out, func(m Member) bool { return m.Name() == l.Resource })
}
