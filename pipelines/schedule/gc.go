package schedule

import (
	"maps"
	"slices"

	"guiji/catalog"
	"guiji/lake"
)

// GC stands for the daemons' own work in the place of a pipeline: taking out of the store
// what need not be kept, at the times of schedule.gc. No pipeline of a project can have
// the name.
const GC = "_gc"

// Names are the pipelines of a project in order, and then GC where the daemons see to it.
func Names(p *catalog.Project) []string {
	names := slices.Sorted(maps.Keys(p.Config.Pipelines))
	if gc := p.Config.Schedule.GC; gc != "" && gc != catalog.NoGC {
		names = append(names, GC)
	}
	return names
}

// definition is what a project says of a pipeline.
func definition(p *catalog.Project, name string) catalog.Pipeline {
	if name == GC {
		return catalog.Pipeline{Cron: p.Config.Schedule.GC}
	}
	return p.Config.Pipelines[name]
}

// Lease names the lease that is held while a pipeline runs.
func Lease(pipeline string) string {
	if pipeline == GC {
		return lake.Care
	}
	return pipeline
}
