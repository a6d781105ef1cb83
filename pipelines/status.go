package pipelines

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// lookBack is how many records are looked at for the last run: the daemons' own are passed
// over.
const lookBack = 40

// Status is the whole on one screen.
type Status struct {
	Release   uint64           `json:"release"`
	Created   time.Time        `json:"created"`
	LastRun   *lake.RunRecord  `json:"last_run,omitempty"`
	Tasks     int              `json:"tasks"`   // of the catalogue, that departments are to mend
	Overdue   int              `json:"overdue"` // of those
	Stopped   []string         `json:"stopped"` // resources that are not collected until their task is done
	Late      []string         `json:"late"`    // resources, ids in order
	Pipelines []PipelineStatus `json:"pipelines"`
	Resources []ResourceStatus `json:"resources"`
}

// PipelineStatus says whether a pipeline is running, what became of its last slot and
// when it runs next.
type PipelineStatus struct {
	Pipeline string          `json:"pipeline"`
	Running  bool            `json:"running"`
	Owner    string          `json:"owner,omitempty"`
	Next     *time.Time      `json:"next,omitempty"`
	Cron     string          `json:"cron,omitempty"`
	Last     *schedule.Entry `json:"last,omitempty"` // nil before the daemon's first slot
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
	s := &Status{Late: []string{}, Stopped: []string{}}
	head, err := chain.Head(ctx)
	if err != nil {
		return nil, err
	}
	if head != nil {
		s.Release, s.Created, s.Tasks = head.Version, head.Created, len(head.Tasks)
		for _, task := range head.Tasks {
			if task.Overdue(now) {
				s.Overdue++
			}
			if task.Stops && !slices.Contains(s.Stopped, task.Resource) {
				s.Stopped = append(s.Stopped, task.Resource)
			}
		}
	}
	runs, err := lake.Runs(ctx, objs, lookBack)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(runs, func(r lake.RunRecord) bool { return r.Pipeline != schedule.GC }); i >= 0 {
		s.LastRun = &runs[i]
	}
	for _, name := range slices.Sorted(maps.Keys(p.Config.Pipelines)) {
		ps, err := pipelineStatus(ctx, p, objs, name, now)
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
	for _, r := range s.Resources {
		if r.Late {
			s.Late = append(s.Late, r.Resource)
		}
	}
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

func pipelineStatus(ctx context.Context, p *catalog.Project, objs lake.Objects, name string, now time.Time) (PipelineStatus, error) {
	ps := PipelineStatus{Pipeline: name, Cron: p.Config.Pipelines[name].Cron}
	var err error
	if ps.Owner, _, ps.Running, err = lake.Holder(ctx, objs, name, now); err != nil {
		return ps, err
	}
	t, err := schedule.NewTimetable(p, name)
	if err != nil || t == nil {
		return ps, err
	}
	if next, ok := t.Next(now); ok {
		ps.Next = &next.Start
	}
	j, err := schedule.ReadJournal(ctx, objs, name)
	if err != nil {
		return ps, err
	}
	ps.Last = j.Last(now)
	return ps, nil
}

func resourceStatus(res *catalog.Resource, head *lake.Release, now time.Time) ResourceStatus {
	rs := ResourceStatus{Resource: res.ID, Cycle: res.Cycle}
	_, rs.Late = schedule.Late(res, head, now)
	if head == nil {
		return rs
	}
	if state, ok := head.Resources[res.ID]; ok {
		rs.Outcome, rs.Landed, rs.Pulled = state.Outcome, state.Landed, &state.Pulled
	}
	return rs
}
