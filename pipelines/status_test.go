package pipelines_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/lake"
	"guiji/pipelines"
)

func (p *testProject) status(t *testing.T, now time.Time) map[string]pipelines.ResourceStatus {
	t.Helper()
	project, err := catalog.Load(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := pipelines.TakeStatus(t.Context(), project, p.objs, lake.NewChain(p.objs), now)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]pipelines.ResourceStatus{}
	for _, r := range s.Resources {
		out[r.Resource] = r
	}
	return out
}

// Every cycle the catalogue allows has its limit; what comes irregularly is never late.
func TestLateByCycle(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\n")
	if _, err := p.run(t, pipelines.Request{Pipeline: "parents"}); err != nil {
		t.Fatal(err)
	}
	pulled, written := time.Now(), "每日"
	for _, c := range []struct {
		cycle string
		limit time.Duration // 0: none
	}{
		{"实时", 2 * time.Hour}, {"每日", 27 * time.Hour}, {"每周", 8 * 24 * time.Hour}, {"每月", 34 * 24 * time.Hour},
		{"每季度", 101 * 24 * time.Hour}, {"每半年", 201 * 24 * time.Hour}, {"每年", 402 * 24 * time.Hour}, {"不定期", 0},
	} {
		p.edit(t, "catalog/gongan/parent.yaml", "update_cycle: "+written, "update_cycle: "+c.cycle)
		p.edit(t, "catalog/gongan/child.yaml", "update_cycle: "+written, "update_cycle: "+c.cycle)
		written = c.cycle
		after := c.limit
		if after == 0 {
			after = 10 * 366 * 24 * time.Hour
		}
		if p.status(t, pulled.Add(after-time.Hour))["gongan/parent"].Late {
			t.Errorf("%s: late before its time", c.cycle)
		}
		if got := p.status(t, pulled.Add(after+time.Hour)); got["gongan/parent"].Late != (c.limit > 0) || got["gongan/child"].Late != (c.limit > 0) {
			t.Errorf("%s: late %v, never pulled %v", c.cycle, got["gongan/parent"].Late, got["gongan/child"].Late)
		}
	}
}

// What is withdrawn or deleted stays in the release, and status says so.
func TestWithdrawnIsTold(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\n")
	p.write(t, "drop/child.csv", "code,up\n1,a\n")
	if _, err := p.run(t, pipelines.Request{Pipeline: "all"}); err != nil {
		t.Fatal(err)
	}
	p.edit(t, "catalog/gongan/parent.yaml", "status: published", "status: withdrawn")
	got := p.status(t, time.Now().Add(1000*time.Hour))
	if r := got["gongan/parent"]; !r.Withdrawn || r.Late || r.Landed != 1 || r.Pulled == nil || got["gongan/child"].Withdrawn {
		t.Errorf("withdrawn: %+v", got)
	}
	p.edit(t, "catalog/gongan/child.yaml", ", checks: [foreign_key: gongan/parent.code]", "")
	if err := os.Remove(filepath.Join(p.dir, "catalog/gongan/parent.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.run(t, pipelines.Request{Pipeline: "all"}); err != nil {
		t.Fatal(err)
	}
	if r := p.status(t, time.Now())["gongan/parent"]; !r.Withdrawn || r.Landed != 1 || p.release(t).Datasets["standard/gongan/parent"].Rows != 1 {
		t.Errorf("deleted: %+v", r)
	}
}

// loose is a source whose parts do not see one moment.
type loose struct{ connectors.Source }

type looseSnapshot struct{ connectors.Snapshot }

func (s loose) Snapshot(ctx context.Context, r connectors.Request) (connectors.Snapshot, error) {
	snap, err := s.Source.Snapshot(ctx, r)
	return looseSnapshot{snap}, err
}

func (looseSnapshot) Consistent() bool { return false }

// Parts that did not see one moment are told of in the release and in the record.
func TestInconsistentSnapshotsAreTold(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\n")
	for _, inconsistent := range []bool{false, true} {
		if inconsistent {
			p.opened = func(s connectors.Source) connectors.Source { return loose{s} }
		}
		rec, err := p.run(t, pipelines.Request{Pipeline: "parents"})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Resources["gongan/parent"].Resource.Inconsistent != inconsistent || p.release(t).Resources["gongan/parent"].Inconsistent != inconsistent {
			t.Errorf("inconsistent %v is not told", inconsistent)
		}
	}
}
