package schedule

import (
	"context"
	"maps"
	"slices"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// Listing is one pipeline's schedule.
type Listing struct {
	Pipeline    string      `json:"pipeline"`
	Cron        string      `json:"cron"`
	Due         catalog.Due `json:"due"`
	Workdays    bool        `json:"workdays"`
	Unannounced []int       `json:"unannounced,omitempty"` // years among the slots to come whose working days are not known
	Resources   int         `json:"resources"`             // published ones
	Running     bool        `json:"running"`
	Owner       string      `json:"owner,omitempty"`  // who runs it
	Last        *Entry      `json:"last,omitempty"`   // the newest slot that came
	Missed      []Entry     `json:"missed,omitempty"` // stretches, the newest first
	Next        []Slot      `json:"next"`
	Tries       int         `json:"tries"` // at most
}

// List reads the schedule of all pipelines with a cron, in order of name, for the
// days to come, and changes nothing. The resources of a slot are those it would take
// if the slots before it landed what they take.
func List(ctx context.Context, p *catalog.Project, objs lake.Objects, chain *lake.Chain, now time.Time, days int) ([]Listing, error) {
	head, err := chain.Head(ctx)
	if err != nil {
		return nil, err
	}
	out := []Listing{}
	for _, name := range Names(p) {
		t, err := NewTimetable(p, name)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		l := Listing{Pipeline: name, Cron: t.def.Cron, Due: t.def.Due, Workdays: t.def.Workdays, Tries: t.set.Tries, Next: []Slot{}}
		if l.Due == "" {
			l.Due = catalog.DueAll
		}
		if l.Owner, _, l.Running, err = lake.Holder(ctx, objs, Lease(name), now); err != nil {
			return nil, err
		}
		if !l.Running {
			l.Owner = ""
		}
		j, err := ReadJournal(ctx, objs, name)
		if err != nil {
			return nil, err
		}
		l.past(j, now)
		l.coming(p, t, head, now, days)
		out = append(out, l)
	}
	return out, nil
}

// past takes over what the journal tells.
func (l *Listing) past(j *Journal, now time.Time) {
	for _, e := range j.Entries {
		if e.Outcome == Skipped {
			l.Missed = append(l.Missed, e)
		}
	}
	slices.SortStableFunc(l.Missed, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	l.Last = j.Last(now)
}

// coming looks ahead.
func (l *Listing) coming(p *catalog.Project, t *Timetable, head *lake.Release, now time.Time, days int) {
	for _, r := range p.InPipeline(l.Pipeline) {
		if r.Status == catalog.Published {
			l.Resources++
		}
	}
	ahead := &lake.Release{Resources: map[string]lake.Resource{}}
	if head != nil {
		ahead.Resources = maps.Clone(head.Resources)
	}
	for s := range t.Between(now, now.AddDate(0, 0, days)) {
		s.Resources = Due(p, s, ahead)
		for _, id := range s.Resources {
			ahead.Resources[id] = lake.Resource{Outcome: lake.RunOK, Slot: s.Name}
		}
		if _, known := catalog.Workday(s.Time); l.Workdays && !known && !slices.Contains(l.Unannounced, s.Time.Year()) {
			l.Unannounced = append(l.Unannounced, s.Time.Year())
		}
		l.Next = append(l.Next, s)
	}
}
