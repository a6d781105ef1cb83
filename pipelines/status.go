package pipelines

import (
	"context"
	"maps"
	"slices"
	"time"

	cron "github.com/netresearch/go-cron"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
)

// Status is the whole on one screen.
type Status struct {
	Release   uint64           `json:"release"`
	Created   time.Time        `json:"created"`
	LastRun   *lake.RunRecord  `json:"last_run,omitempty"`
	Pipelines []PipelineStatus `json:"pipelines"`
	Resources []ResourceStatus `json:"resources"`
}

// PipelineStatus says whether a pipeline is running and when it runs next.
type PipelineStatus struct {
	Pipeline string     `json:"pipeline"`
	Running  bool       `json:"running"`
	Owner    string     `json:"owner,omitempty"`
	Next     *time.Time `json:"next,omitempty"`
	Cron     string     `json:"cron,omitempty"`
}

// ResourceStatus says how fresh a resource is.
type ResourceStatus struct {
	Resource string     `json:"resource"`
	Cycle    string     `json:"update_cycle"`
	Outcome  string     `json:"outcome,omitempty"` // "" if it never landed
	Pulled   *time.Time `json:"pulled,omitempty"`
	Late     bool       `json:"late"` // longer ago than its update cycle, or never
	Landed   int64      `json:"landed"`
}

// TakeStatus reads the store; it touches no source.
func TakeStatus(ctx context.Context, p *catalog.Project, objs lake.Objects, chain *lake.Chain, now time.Time) (*Status, error) {
	s := &Status{}
	head, err := chain.Head(ctx)
	if err != nil {
		return nil, err
	}
	if head != nil {
		s.Release, s.Created = head.Version, head.Created
	}
	runs, err := lake.Runs(ctx, objs, 1)
	if err != nil {
		return nil, err
	}
	if len(runs) > 0 {
		s.LastRun = &runs[0]
	}
	for _, name := range slices.Sorted(maps.Keys(p.Config.Pipelines)) {
		ps, err := pipelineStatus(ctx, objs, name, p.Config.Pipelines[name].Cron, now)
		if err != nil {
			return nil, err
		}
		s.Pipelines = append(s.Pipelines, ps)
	}
	for _, res := range p.Resources {
		if res.Status == catalog.Published {
			s.Resources = append(s.Resources, resourceStatus(res, head, now))
		}
	}
	return s, nil
}

func pipelineStatus(ctx context.Context, objs lake.Objects, name, spec string, now time.Time) (PipelineStatus, error) {
	ps := PipelineStatus{Pipeline: name, Cron: spec}
	var err error
	if ps.Owner, _, ps.Running, err = lake.Holder(ctx, objs, name, now); err != nil {
		return ps, err
	}
	if spec != "" {
		schedule, err := cron.ParseStandard(spec)
		if err != nil {
			return ps, fault.New(fault.Config, "pipeline.cron", name, spec).Because(err)
		}
		next := schedule.Next(now)
		ps.Next = &next
	}
	return ps, nil
}

func resourceStatus(res *catalog.Resource, head *lake.Release, now time.Time) ResourceStatus {
	rs := ResourceStatus{Resource: res.ID, Cycle: res.Cycle, Late: true}
	if head == nil {
		return rs
	}
	state, ok := head.Resources[res.ID]
	if !ok {
		return rs
	}
	rs.Outcome, rs.Landed, rs.Pulled = state.Outcome, state.Landed, &state.Pulled
	rs.Late = now.Sub(state.Pulled) > cycles[res.Cycle]
	return rs
}

// cycles are how long a resource may stay unpulled: its update cycle (发改高技
// 〔2017〕1272号) and a tenth, as runs do not start to the minute.
var cycles = map[string]time.Duration{
	"实时": 2 * time.Hour, "每日": 27 * time.Hour, "每周": 8 * 24 * time.Hour, "每月": 34 * 24 * time.Hour,
	"每季度": 101 * 24 * time.Hour, "每年": 402 * 24 * time.Hour,
}
