package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/pipelines/schedule"
)

// fataler is a test, or a property's single run.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// lab is a store with daemons on it whose runs are made here: each takes the lease,
// lands a release, and gives the lease back.
type lab struct {
	t    fataler
	objs lake.Objects

	mu     sync.Mutex
	now    time.Time
	landed []string // slots in the order they landed
	begun  []begun
	missed []schedule.Missed                // slots
	late   []schedule.Missed                // resources
	ended  []string                         // slot=outcome
	fails  func(slot string, try int) error // what becomes of a try; nil is well
	held   chan struct{}                    // runs wait for it; nil: they do not
}

type begun struct {
	slot      string
	at        time.Time
	resources []string
	try       int
}

func newLab(t fataler, dir string, now time.Time) *lab {
	t.Helper()
	objs, err := localdir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{t: t, objs: objs, now: now}
}

func (l *lab) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *lab) set(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = now
}

// daemon is a new daemon on the store, for a project that does not change.
func (l *lab) daemon(p *catalog.Project) *schedule.Daemon {
	return &schedule.Daemon{
		Objects: l.objs, Chain: lake.NewChain(l.objs), Load: func() (*catalog.Project, error) { return p, nil },
		Run: l.run, Observer: l, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: l.clock,
	}
}

// look lets a daemon look once and waits for what it began.
func (l *lab) look(d *schedule.Daemon) {
	d.Look(context.Background())
	d.Wait()
}

// run is a run as the product's are, without data.
func (l *lab) run(ctx context.Context, pipeline string, resources []string, slot string) (*lake.RunRecord, error) {
	lease, err := lake.Acquire(ctx, l.objs, pipeline, "lab", time.Minute)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
	l.mu.Lock()
	at, try := l.now, 1
	for _, b := range l.begun {
		if b.slot == slot {
			try++
		}
	}
	l.begun = append(l.begun, begun{slot, at, slices.Clone(resources), try})
	l.mu.Unlock()
	if l.held != nil {
		select {
		case <-l.held:
		case <-ctx.Done():
			return &lake.RunRecord{Slot: slot, Outcome: lake.RunFailed}, fault.New(fault.Interrupted, "command.interrupted")
		}
	}
	if l.fails != nil {
		if err := l.fails(slot, try); err != nil {
			return &lake.RunRecord{Slot: slot, Outcome: lake.RunFailed}, err
		}
	}
	return l.land(ctx, pipeline, resources, slot, at)
}

// land commits a release under a slot, unless one has.
func (l *lab) land(ctx context.Context, pipeline string, resources []string, slot string, at time.Time) (*lake.RunRecord, error) {
	chain := lake.NewChain(l.objs)
	for {
		head, err := chain.Head(ctx)
		if err != nil {
			return nil, err
		}
		rel := lake.Release{
			Version: 1, Created: at, RunID: "r", Pipeline: pipeline, Guiji: "test", Slots: []string{slot},
			Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{}, Sources: []string{},
		}
		if head != nil {
			if slices.Contains(head.Slots, slot) {
				return &lake.RunRecord{Slot: slot, Outcome: lake.RunOK}, nil
			}
			rel.Version, rel.Slots, rel.Resources = head.Version+1, append(slices.Clone(head.Slots), slot), head.Resources
		}
		for _, r := range resources {
			rel.Resources[r] = lake.Resource{Outcome: lake.RunOK, Slot: slot, Pulled: at, Since: rel.Version}
		}
		if err := chain.Commit(ctx, &rel); errors.Is(err, lake.ErrConflict) {
			continue
		} else if err != nil {
			return nil, err
		}
		l.mu.Lock()
		l.landed = append(l.landed, slot)
		l.mu.Unlock()
		return &lake.RunRecord{Slot: slot, Outcome: lake.RunOK, Release: rel.Version}, nil
	}
}

func (l *lab) Beat(time.Time)        {}
func (l *lab) Started(schedule.Slot) {}

func (l *lab) Ended(s schedule.Slot, rec *lake.RunRecord, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	outcome := lake.RunFailed
	if rec != nil {
		outcome = rec.Outcome
	}
	l.ended = append(l.ended, s.Name+"="+outcome)
}

func (l *lab) Missed(m schedule.Missed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.Why == schedule.MissedLate {
		l.late = append(l.late, m)
		return
	}
	l.missed = append(l.missed, m)
}

// slots are those begun, in order.
func (l *lab) slots() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, b := range l.begun {
		out = append(out, b.slot)
	}
	return out
}

// project writes a project with pipelines as guiji.yaml has them and a resource of
// each update cycle, and reads it.
func project(t testing.TB, config string, cycles ...string) *catalog.Project {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("guiji.yaml", "name: test\n"+config)
	for i, c := range append([]string{"每日"}, cycles...) {
		write(fmt.Sprintf("catalog/gongan/r%d.yaml", i), strings.ReplaceAll(entry, "CYCLE", c))
	}
	p, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.Config.Schedule.GC = catalog.NoGC // its tests say when
	return p
}

const entry = `
code: 107001/000012
name: 常住人口基本信息
version: 1
status: published
provider: gongan
category: [基础, 人口]
format: 数据库
update_cycle: CYCLE
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 不予}
open: {class: 不予}
source: {connection: gongan, table: t_person, key: [id]}
items:
  - {name: id, label: 编号, type: N(20)}
`

// overwrite puts something else in an object's place; "" takes it away.
func (l *lab) overwrite(key, content string) {
	l.t.Helper()
	var err error
	if content == "" {
		err = l.objs.Delete(context.Background(), key)
	} else {
		_, err = l.objs.Put(context.Background(), key, strings.NewReader(content), int64(len(content)), lake.Condition{})
	}
	if err != nil {
		l.t.Fatal(err)
	}
}
