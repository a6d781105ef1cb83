package pipelines

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
		for _, t := range head.Tasks {
			if t.Kind == lake.TaskAuthorityMissing { // of an element that has another code today: the same task
				t = since(designation(r.Project, r.Project.CurrentCode(t.Element)), t)
			}
			was[t.ID] = t
			res := r.Project.Resource(t.Resource)
			if r.drifts[t.Resource] == nil && res != nil && res.Status == catalog.Published && t.Kind != lake.TaskDuplicateUndecided {
				out = append(out, t)
			}
		}
	}
	found := append(r.designations(), r.duplicates(was)...)
	for _, id := range slices.Sorted(maps.Keys(r.drifts)) {
		found = append(found, r.drifts[id].tasks...)
	}
	for _, t := range found {
		if old, carried := was[t.ID]; carried {
			t = since(t, old)
		} else {
			t.Since = version
			r.date(&t)
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

// designations ask for an authority over each element that has none on the day: those
// whose published entries hold it, else the bureau. Its value is held back till then.
func (r *run) designations() []lake.Task {
	day := r.Now().Format(time.DateOnly)
	var out []lake.Task
	for _, e := range r.Project.Elements {
		if e.HeldBack(day) {
			out = append(out, designation(r.Project, e.Code))
		}
	}
	return out
}

func designation(p *catalog.Project, code string) lake.Task {
	t := lake.Task{ID: code + ":" + lake.TaskAuthorityMissing, Kind: lake.TaskAuthorityMissing, Element: code}
	if e := p.Element(code); e != nil {
		t.Name = e.Name
	}
	for _, u := range p.Carriers(code) {
		if u.Resource.Status == catalog.Published && !slices.Contains(t.For, u.Resource.Provider) {
			t.For = append(t.For, u.Resource.Provider)
		}
	}
	return t
}

// date opens a task today. It is due when the strictest of the active profiles says an
// entry must be up to date (暂行办法第十六条); all that know a term are named. Without one
// it has no due date.
func (r *run) date(t *lake.Task) {
	today := r.Now()
	t.Opened = today.Format(time.DateOnly)
	var basis []string
	for i, d := range r.Project.Deadlines("catalogue_update", today) {
		if i == 0 {
			t.Due, t.Provisional = d.Due.Format(time.DateOnly), d.Provisional
		}
		note := ""
		if d.Unverified {
			note = "，期限未经与公布文本核对"
		}
		basis = append(basis, fmt.Sprintf("%s（%d个工作日%s）", d.Basis, d.Days, note))
	}
	if t.Kind == lake.TaskDuplicateUndecided { // that duplicates are to be merged is a rule without a term: a merge brings an entry up to date
		if rule := r.Project.Cite("duplicates", t.Opened); rule != "" {
			basis = append([]string{rule}, basis...)
		}
	}
	t.Basis = strings.Join(basis, "；")
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
		if t.Kind != lake.TaskDuplicateUndecided {
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
