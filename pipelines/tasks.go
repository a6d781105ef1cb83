package pipelines

import (
	"maps"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/lake"
)

// tasks are the catalogue tasks of the release that follows head: those of tables this
// run has looked at as it found them, those of the register as it is now, all others as
// they were. One that is still there keeps its dates.
func (r *run) tasks(head *lake.Release, version uint64) []lake.Task {
	was := map[string]lake.Task{}
	var out []lake.Task
	if head != nil {
		was = tasksOf(r.Project, head)
		for _, t := range head.Tasks {
			res := r.Project.Resource(t.Resource)
			if r.drifts[t.Resource] == nil && res != nil && res.Status == catalog.Published && t.OfTable() {
				out = append(out, t)
			}
		}
	}
	found, err := fromCatalogue(r.Project, was, r.Now())
	if err != nil { // derived: the next comparison writes it anew
		r.Log.Warn("what data said of duplicates is left out", "run", r.id, "err", err)
	}
	for _, id := range slices.Sorted(maps.Keys(r.drifts)) {
		found = append(found, r.drifts[id].tasks...)
	}
	for _, t := range found {
		if old, carried := was[t.ID]; carried {
			t = since(t, old)
		} else {
			t.Since = version
			dateTask(r.Project, r.Now(), &t)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b lake.Task) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// since gives a task the dates it had.
func since(t, old lake.Task) lake.Task {
	t.Since, t.Opened, t.Due, t.Basis, t.Provisional = old.Since, old.Opened, old.Due, old.Basis, old.Provisional
	return t
}

// tells reports whether a release is made even if nothing lands: it tells of drift that
// stopped a resource, or ends a slot whose resources have landed one by one.
func (r *run) tells() bool {
	if len(r.plan.Resources) == 0 {
		return true
	}
	for _, d := range r.drifts {
		if len(d.stops()) > 0 {
			return true
		}
	}
	return false
}

// recordDrift notes in the record what a release tells of drift, and fails what it stops.
func (r *run) recordDrift(rel *lake.Release) {
	r.record.Tasks = len(rel.Tasks)
	open := map[string][]lake.Task{}
	for _, t := range rel.Tasks {
		if t.OfTable() {
			open[t.Resource] = append(open[t.Resource], t)
		}
	}
	for id, d := range r.drifts {
		rec, there := r.record.Resources[id]
		if !there {
			continue
		}
		rec.Drift = open[id]
		r.record.Resources[id] = rec
		if len(d.stops()) > 0 {
			r.failures[id] = r.stopped(d)
		}
	}
}

// landedColumns puts what the next run compares with into the states of what lands.
func (r *run) landedColumns(rel *lake.Release, done []*settled) {
	for _, s := range done {
		if d := r.drifts[s.res.ID]; d != nil {
			state := rel.Resources[s.res.ID]
			state.Columns, state.Entry = d.columns, s.res.Version
			rel.Resources[s.res.ID] = state
		}
	}
}
