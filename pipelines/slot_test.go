package pipelines_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
)

// A slot is taken when all of it has landed: what failed is tried again under it, and
// that alone.
func TestSlotIsTakenByAWholeRun(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/child.csv", "code,up\n1,a\n2,b\n")
	req := pipelines.Request{Pipeline: "all", Slot: "all@2026-01-05T22:00:00+08:00"}
	rec, err := p.run(t, req)
	if err == nil || rec.Outcome != lake.RunPartial || rec.Release != 1 {
		t.Fatalf("%s, release %d, %v: parent's file is missing", rec.Outcome, rec.Release, err)
	}
	if got := p.release(t).Slots; slices.Contains(got, req.Slot) {
		t.Errorf("slots %v after a partial run", got)
	}
	p.write(t, "drop/parent.csv", "code\na\n")
	pulled := p.release(t).Resources["gongan/child"].Pulled
	if rec, err = p.run(t, req); err != nil || rec.Release != 2 || rec.Resources["gongan/parent"].Outcome != lake.RunOK {
		t.Fatalf("release %d, %v: parent lands", rec.Release, err)
	}
	if again := p.release(t).Resources["gongan/child"].Pulled; !again.Equal(pulled) {
		t.Error("child had landed under this slot, and was pulled again")
	}
	if rec, err = p.run(t, req); err != nil || rec.Release != 0 || !strings.Contains(rec.Reason, req.Slot) {
		t.Errorf("release %d, %q, %v: the slot is taken", rec.Release, rec.Reason, err)
	}
}

func TestSlotsThatNameNothing(t *testing.T) {
	for slot, fine := range map[string]bool{
		"": true, "nightly@2026-01-05T22:00": true, "a_b-c.d+e": true, "nightly@2026-01-05T22:00:00+08:00": true,
		".": false, "..": false, "a/b": false, "../x": false, "a..b": false, "每夜": false, "a b": false, "a\n": false, "-": false, strings.Repeat("a", 201): false,
	} {
		if err := pipelines.CheckSlot(slot); fine != (err == nil) || err != nil && fault.ExitCode(err) != 2 {
			t.Errorf("%q: %v", slot, err)
		}
	}
}

// A run that ends before it holds the lease leaves its record all the same.
func TestRunsThatNeverBeganAreRecorded(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	lease, err := lake.Acquire(t.Context(), p.objs, "all", "another", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		pipeline string
		status   string
		kind     fault.Kind
	}{{"all", "published", fault.Locked}, {"children", "draft", fault.Config}} {
		p.edit(t, "catalog/gongan/child.yaml", "status: published", "status: "+c.status)
		if _, err := p.run(t, pipelines.Request{Pipeline: c.pipeline}); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.pipeline, err)
		}
		runs, err := lake.Runs(t.Context(), p.objs, 0)
		if err != nil || len(runs) != i+1 {
			t.Fatalf("%d records, %v", len(runs), err)
		}
		at := slices.IndexFunc(runs, func(r lake.RunRecord) bool { return r.Pipeline == c.pipeline })
		if r := runs[at]; r.Outcome != lake.RunFailed || r.Kind != c.kind.String() || r.Reason == "" || r.Ended.IsZero() {
			t.Errorf("%s: %s, %s, %q", r.Pipeline, r.Outcome, r.Kind, r.Reason)
		}
	}
	if _, _, held, err := lake.Holder(t.Context(), p.objs, "all", time.Now()); !held || err != nil {
		t.Errorf("the other run's lease: held %v, %v", held, err)
	}
	if err := lease.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// A scratch folder is relative to the project, like every folder of guiji.yaml.
func TestScratchIsRelativeToTheProject(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/child.csv", "code,up\n")
	p.write(t, "drop/parent.csv", "code\na\n")
	p.scratch = "tmp/here"
	if err := os.MkdirAll(filepath.Join(p.dir, p.scratch), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.run(t, pipelines.Request{Pipeline: "parents"}); err != nil {
		t.Error(err)
	}
}
