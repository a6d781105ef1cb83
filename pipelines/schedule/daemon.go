package schedule

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
)

// pace is how often the daemon looks at the clock, which may have jumped meanwhile.
const pace = 20 * time.Second

// lookTime is how long one look may wait for the store: the daemon shows that it lives
// in between.
const lookTime = time.Minute

// Daemon starts what is due. All exported fields are needed.
type Daemon struct {
	Objects  lake.Objects
	Chain    *lake.Chain
	Load     func() (*catalog.Project, error) // the project as it is now: read again before each look
	Run      func(ctx context.Context, pipeline string, resources []string, slot string) (*lake.RunRecord, error)
	Observer Observer
	Log      *slog.Logger
	Now      func() time.Time

	mu      sync.Mutex
	project *catalog.Project // the last one that could be read
	broken  string           // why the present one could not
	running map[string]bool  // pipelines that run here
	checked time.Time        // when lateness was last looked for
	runs    sync.WaitGroup
}

// Serve looks at the schedule until ctx ends, and returns when the runs it began have
// ended too. It returns an error only where the project cannot be read at the start.
func (d *Daemon) Serve(ctx context.Context) error {
	if _, err := d.load(); err != nil {
		return err
	}
	defer d.Wait()
	for ctx.Err() == nil {
		d.Observer.Beat(d.Now())
		d.Look(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(d.pause()):
		}
	}
	return nil
}

// Wait returns when no run goes on.
func (d *Daemon) Wait() { d.runs.Wait() }

// Look takes one look at all pipelines and begins what is due, without waiting for
// it. What goes wrong is logged, and looked at again next time.
func (d *Daemon) Look(ctx context.Context) {
	p, err := d.load()
	if p == nil {
		d.Log.Error("the project cannot be read", "error", err)
		return
	}
	short, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for _, name := range Names(p) {
		t, err := NewTimetable(p, name)
		if err == nil && t != nil {
			err = d.look(ctx, short, p, t)
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("pipeline not looked at", "pipeline", name, "error", err.Error())
		}
	}
	if now := d.Now(); now.Sub(d.checked).Abs() >= lateEvery {
		d.checked = now
		if err := d.findLate(short, p); err != nil && ctx.Err() == nil {
			d.Log.Error("lateness not looked for", "error", err.Error())
		}
	}
}

// load reads the project again. One that cannot be read leaves the last in force for
// the times of the slots; what runs in them reads it itself, and fails.
func (d *Daemon) load() (*catalog.Project, error) {
	p, err := d.Load()
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		if why := err.Error(); why != d.broken && d.project != nil {
			d.broken = why
			d.Log.Error("the project cannot be read; the last one that could holds", "error", why)
		}
		return d.project, err
	}
	if d.broken != "" {
		d.Log.Info("the project can be read again")
	}
	d.project, d.broken = p, ""
	return p, nil
}

// look decides about one pipeline: the store is asked within short, what begins goes on
// until ctx ends.
func (d *Daemon) look(ctx, short context.Context, p *catalog.Project, t *Timetable) error {
	j, err := ReadJournal(short, d.Objects, t.pipeline)
	if err != nil {
		return err
	}
	now := d.Now().In(t.zone)
	v := view{now: now}
	if _, _, v.busy, err = lake.Holder(short, d.Objects, Lease(t.pipeline), now); err != nil {
		return err
	}
	v.busy = v.busy || d.occupied(t.pipeline) || j.beginning(now, t.set.Retry)
	head, err := d.Chain.Head(short)
	if err != nil {
		return err
	}
	v.landed = landedIn(head)
	v.due = func(s Slot) []string { return Due(p, s, head) }
	what := t.decide(j, v)
	if !what.changed {
		return nil
	}
	if err := j.put(short, d.Objects, t.pipeline); err != nil {
		if errors.Is(err, lake.ErrConflict) { // another daemon was faster: it does what there is to do
			return nil
		}
		return err
	}
	d.act(ctx, what)
	return nil
}

// act does what was decided, after the journal holds it.
func (d *Daemon) act(ctx context.Context, what decision) {
	if s := what.died; s != nil {
		d.Log.Error("run died", "slot", s.Name, "try", s.Try)
		d.Observer.Ended(*s, nil, fault.New(fault.Internal, "schedule.died", s.Name))
	}
	for _, m := range what.missed {
		d.Log.Warn("slots missed", "pipeline", m.Pipeline, "why", m.Why, "slots", m.Slots, "newest", m.Slot, "caught_up", m.CaughtUp)
		d.Observer.Missed(m)
	}
	if what.begin != nil {
		d.begin(ctx, *what.begin)
	}
}

// begin runs a slot beside the others.
func (d *Daemon) begin(ctx context.Context, s Slot) {
	d.setRunning(s.Pipeline, true)
	d.Log.Info("slot begins", "slot", s.Name, "try", s.Try, "resources", len(s.Resources))
	d.runs.Go(func() {
		defer d.setRunning(s.Pipeline, false)
		d.Observer.Started(s)
		rec, err := d.guarded(ctx, s)
		if nerr := d.note(ctx, s, rec, err); nerr != nil {
			d.Log.Error("the slot's end is not noted", "slot", s.Name, "error", nerr.Error())
		}
		d.Log.Info("slot ended", "slot", s.Name, "try", s.Try, "outcome", outcomeOf(rec, err), "kind", kindOf(err))
		d.Observer.Ended(s, rec, err)
	})
}

// guarded runs a slot; a panic is its failure, not the daemon's.
func (d *Daemon) guarded(ctx context.Context, s Slot) (rec *lake.RunRecord, err error) {
	defer func() {
		if v := recover(); v != nil {
			d.Log.Error("run panicked", "slot", s.Name, "stack", string(debug.Stack()))
			rec, err = nil, fault.New(fault.Internal, "schedule.panic", s.Name)
		}
	}()
	rec, err = d.Run(ctx, s.Pipeline, s.Resources, s.Name)
	if err != nil && ctx.Err() != nil && fault.KindOf(err) != fault.Gate { // whatever broke, the stop broke it
		err = fault.New(fault.Interrupted, "pipeline.interrupted").Because(err)
	}
	return rec, err
}

// occupied tells whether a pipeline has to wait for what runs here: for itself, and GC and
// the others for each other, as GC may make this machine's copies of the store anew.
func (d *Daemon) occupied(pipeline string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running[pipeline] || d.running[GC] || pipeline == GC && len(d.running) > 0
}

func (d *Daemon) setRunning(pipeline string, yes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !yes {
		delete(d.running, pipeline)
		return
	}
	if d.running == nil {
		d.running = map[string]bool{}
	}
	d.running[pipeline] = true
}

// pause is how long to wait for the next look: until the next slot's start, if that is
// before the pace.
func (d *Daemon) pause() time.Duration {
	d.mu.Lock()
	p := d.project
	d.mu.Unlock()
	now, wait := d.Now(), pace
	for _, name := range Names(p) {
		t, err := NewTimetable(p, name)
		if err != nil || t == nil {
			continue
		}
		for s := range t.Between(now.Add(-t.def.Jitter), now.Add(pace)) {
			if until := s.Start.Sub(now); until > 0 {
				wait = min(wait, until)
			}
		}
		wait = min(wait, max(t.set.Retry, time.Second))
	}
	return wait
}
