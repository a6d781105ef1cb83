package report

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"time"

	"guiji/quality"
	"guiji/quality/worklist"
)

// overall is what the overall page says: counts, never a value.
type overall struct {
	Departments []*department
	Entities    []entity
	Dimensions  []dimension
	Total       score
	Read        int64
	Problems    int64
	Disputed    int64
	Late        int64 // of Disputed, overdue
	Shut        []gate
	Compared    bool
	Partial     bool
	Delta       int64
	Card        quality.Scorecard
	Trend       []point
	Unlinked    []*unlinkedGroup // of no one source: for the bureau
	Summary     worklist.Summary
}

// gate is a shut gate with the department it concerns.
type gate struct {
	Department string
	Resource   *resource
}

// entity is the one-source summary of one kind of subject.
type entity struct {
	Name    string
	Golden  int64
	Doubts  int64
	Holders []holding
	Total   int64
	// HeldBack says of each element without an authority that its value is not given.
	HeldBack []string
}

// holding is how many conflicts a department holds.
type holding struct {
	Name  string
	Count int64
}

// overall writes the overall page, and what machines read.
func (b *builder) overall(ctx context.Context, s *stage, all []*department) (*overall, error) {
	o := &overall{Departments: all}
	var metrics []quality.Metric
	for _, d := range all {
		o.Read, o.Problems, o.Disputed, o.Delta = o.Read+d.Read, o.Problems+d.Problems, o.Disputed+d.Disputed, o.Delta+d.Delta
		o.Late += d.DisputedLate
		o.Compared, o.Partial = o.Compared || d.Compared, o.Partial || d.Partial
		o.Total.add(d.Overall)
		for _, r := range d.Resources {
			metrics = append(metrics, r.metrics()...)
			if r.Gated() {
				o.Shut = append(o.Shut, gate{d.Entry.Name, r})
			}
		}
	}
	o.Card, o.Trend = b.scoring.Score(metrics), b.points("")
	o.Dimensions = dimensions(o.Card)
	for _, d := range all {
		for i := range d.Dimensions {
			o.Dimensions[i].add(d.Dimensions[i].score)
		}
	}
	if err := b.entities(ctx, o); err != nil {
		return nil, err
	}
	err := b.problemsOfSubjects(ctx, "", func(x *unlinked) error { // of no department: the bureau's
		o.Unlinked = group(o.Unlinked, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	o.summarise(b)
	if err := b.writePage(filepath.Join(s.tmp, pageFile), "index.html.tmpl", o); err != nil {
		return nil, err
	}
	if err := b.writeJSON(filepath.Join(s.tmp, jsonFile), b.overallJSON(o)); err != nil {
		return nil, err
	}
	return o, b.writeJUnit(filepath.Join(s.tmp, junitFile), o)
}

func (b *builder) entities(ctx context.Context, o *overall) error {
	for _, e := range b.Project.Entities {
		rows, ok := b.golden(e.ID)
		if !ok {
			continue
		}
		held, err := b.held(ctx, e.ID)
		if err != nil {
			return err
		}
		x := entity{Name: e.Name, Golden: rows, Doubts: b.Release.Datasets["entity/"+e.ID+"/doubts"].Rows, HeldBack: b.heldBack(e.ID)}
		for id, n := range held {
			x.Holders, x.Total = append(x.Holders, holding{cmp.Or(b.names[id], id), n}), x.Total+n
		}
		slices.SortFunc(x.Holders, func(p, q holding) int {
			return cmp.Or(cmp.Compare(q.Count, p.Count), cmp.Compare(p.Name, q.Name))
		})
		o.Entities = append(o.Entities, x)
	}
	return nil
}

// heldBack speaks of the elements of an entity for which nobody was registered as
// the authority on the release's day.
func (b *builder) heldBack(entity string) []string {
	day := b.Release.Created.In(b.Now.Location()).Format(time.DateOnly)
	var out []string
	for _, el := range b.Project.Elements {
		if el.Entity == entity && el.HeldBack(day) {
			out = append(out, b.t("onesource.held_back", el.Code, el.Name, day))
		}
	}
	return out
}

// ranked are a department's rules for which keep holds: errors first, then by how
// much fails.
func ranked(d *department, keep func(*rule) bool) []*rule {
	var out []*rule
	for _, r := range d.Resources {
		for _, x := range r.Rules {
			if keep(x) {
				out = append(out, x)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y *rule) int {
		return cmp.Or(cmp.Compare(x.Severity, y.Severity), cmp.Compare(y.Count, x.Count)) // "error" < "warning"
	})
	return out
}
