package pipelines

import (
	"slices"

	"guiji/lake"
	"guiji/pipelines/twins"
)

// What told of a pair, as its task has it.
const (
	toldByCatalogue = "catalogue"
	toldByData      = "data"
)

// duplicates are the pairs of entries that seem to hold the same data and that nobody has
// decided, a task each for the departments that compile them (暂行办法第十五条). The
// catalogue is compared anew; of the data what guiji catalog duplicates found last is
// taken, for comparing them at every run would cost more than it tells.
func (r *run) duplicates(was map[string]lake.Task) []lake.Task {
	ev, err := twins.LoadEvidence(twins.EvidenceFile(r.Project))
	if err != nil { // derived: the next comparison writes it anew
		r.Log.Warn("what data said of duplicates is left out", "run", r.id, "err", err)
	}
	var before [][2]string
	for _, t := range was {
		if t.Kind == lake.TaskDuplicateUndecided && t.Was == toldByData {
			before = append(before, [2]string{t.Resource, t.Is})
		}
	}
	slices.SortFunc(before, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var out []lake.Task
	for _, f := range twins.Asked(r.Project, ev, before) {
		a, b := r.Project.Resource(f.A), r.Project.Resource(f.B)
		t := lake.Task{
			ID: f.A + ":" + lake.TaskDuplicateUndecided + ":" + f.B, Resource: f.A, Kind: lake.TaskDuplicateUndecided,
			For: []string{a.Provider}, Was: toldByCatalogue, Is: f.B, Name: b.Name,
		}
		if b.Provider != a.Provider {
			t.For = append(t.For, b.Provider)
		}
		if f.Score < twins.Ask {
			t.Was = toldByData
		}
		out = append(out, t)
	}
	return out
}
