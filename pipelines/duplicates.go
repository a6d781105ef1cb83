package pipelines

import (
	"slices"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/twins"
)

// What told of a pair, as its task has it.
const (
	toldByCatalogue = "catalogue"
	toldByData      = "data"
)

// duplicateTasks are the pairs of entries that seem to hold the same data and that nobody has
// decided, a task each for the departments that compile them (暂行办法第十五条). The
// catalogue is compared anew; of the data what guiji catalog duplicates found last is
// taken, for comparing them at every run would cost more than it tells. An error is of
// that: the pairs are found without it.
func duplicateTasks(p *catalog.Project, was map[string]lake.Task) ([]lake.Task, error) {
	ev, err := twins.LoadEvidence(twins.EvidenceFile(p))
	var before [][2]string
	for _, t := range was {
		if t.Kind == lake.TaskDuplicateUndecided && t.Was == toldByData {
			before = append(before, [2]string{t.Resource, t.Is})
		}
	}
	slices.SortFunc(before, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var out []lake.Task
	for _, f := range twins.Asked(p, ev, before) {
		a, b := p.Resource(f.A), p.Resource(f.B)
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
	return out, err
}
