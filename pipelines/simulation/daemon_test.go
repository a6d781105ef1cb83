package simulation

import (
	"context"
	"io"
	"log/slog"
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// serve is a life that is the scheduler: the real one, whose runs are those of this
// simulation.
func (l *life) serve() {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), roleKey{}, "look"))
	defer cancel()
	go func() {
		select {
		case <-l.world.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	d := &schedule.Daemon{
		Objects: l.objs, Chain: lake.NewChain(l.objs), Load: func() (*catalog.Project, error) { return l.world.project, nil },
		Run: l.slot, Observer: unseen{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Now: func() time.Time { return time.Now().Add(time.Duration(l.skew.Load())) },
	}
	_ = d.Serve(ctx) // it fails only over projects that cannot be read
}

// slot is the daemon's Run.
func (l *life) slot(ctx context.Context, pipeline string, _ []string, slot string) (*lake.RunRecord, error) {
	rec := &lake.RunRecord{Pipeline: pipeline, Slot: slot, Outcome: lake.RunOK}
	err := l.run(context.WithValue(ctx, roleKey{}, pipeline), pipeline, slot)
	if err != nil {
		rec.Outcome = lake.RunFailed
	}
	return rec, err
}

// schedules is the project the daemons serve: a slot of one pipeline each minute, of
// the other every second one.
func schedules() *catalog.Project {
	p := &catalog.Project{Config: catalog.Config{
		Timezone: "Asia/Shanghai", Schedule: catalog.Schedule{Retry: 10 * time.Second, Tries: 4, Grace: time.Minute},
		Pipelines: map[string]catalog.Pipeline{
			"nightly": {Cron: "* * * * *", Resources: []string{"res"}}, "hourly": {Cron: "*/2 * * * *", Resources: []string{"full"}},
		},
	}}
	for _, id := range []string{"full", "res"} {
		p.Resources = append(p.Resources, &catalog.Resource{ID: id, Status: catalog.Published, Cycle: "每日"})
	}
	return p
}

// unseen is told of everything and does nothing.
type unseen struct{}

func (unseen) Started(schedule.Slot)                       {}
func (unseen) Ended(schedule.Slot, *lake.RunRecord, error) {}
func (unseen) Missed(schedule.Missed)                      {}
func (unseen) Beat(time.Time)                              {}
