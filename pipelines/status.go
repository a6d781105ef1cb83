package pipelines

import (
	"context"
	"maps"
	"slices"
	"strings"
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
	Resource  string     `json:"resource"`
	Cycle     string     `json:"update_cycle"`
	Outcome   string     `json:"outcome,omitempty"` // "" if it never landed
	Pulled    *time.Time `json:"pulled,omitempty"`
	Late      bool       `json:"late"` // longer ago than its update cycle, or never
	Landed    int64      `json:"landed"`
	Withdrawn bool       `json:"withdrawn,omitempty"` // no longer published, its last data still there
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
	s.Resources = append(s.Resources, withdrawn(p, head)...)
	slices.SortFunc(s.Resources, func(a, b ResourceStatus) int { return strings.Compare(a.Resource, b.Resource) })
	return s, nil
}

// withdrawn are the resources whose data the release still carries although the
// catalogue no longer publishes them, or no longer has them.
func withdrawn(p *catalog.Project, head *lake.Release) []ResourceStatus {
	if head == nil {
		return nil
	}
	var out []ResourceStatus
	for id, state := range head.Resources {
		res := p.Resource(id)
		if res != nil && res.Status == catalog.Published {
			continue
		}
		rs := ResourceStatus{Resource: id, Withdrawn: true, Outcome: state.Outcome, Landed: state.Landed, Pulled: &state.Pulled}
		if res != nil {
			rs.Cycle = res.Cycle
		}
		out = append(out, rs)
	}
	return out
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
	rs := ResourceStatus{Resource: res.ID, Cycle: res.Cycle, Late: cycles()[res.Cycle] > 0}
	if head == nil {
		return rs
	}
	state, ok := head.Resources[res.ID]
	if !ok {
		return rs
	}
	rs.Outcome, rs.Landed, rs.Pulled = state.Outcome, state.Landed, &state.Pulled
	rs.Late = rs.Late && now.Sub(state.Pulled) > cycles()[res.Cycle]
	return rs
}

// cycles are how long a resource may stay unpulled: its update cycle (发改高技
// 〔2017〕1272号) and a tenth, as runs do not start to the minute. What
// comes 不定期 is never late.
func cycles() map[string]time.Duration {
	return map[string]time.Duration{
		"实时": 2 * time.Hour, "每日": 27 * time.Hour, "每周": 8 * 24 * time.Hour, "每月": 34 * 24 * time.Hour,
		"每季度": 101 * 24 * time.Hour, "每半年": 201 * 24 * time.Hour, "每年": 402 * 24 * time.Hour, "不定期": 0,
	}
}
