package pipelines_test

import (
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

// trickling is a project with a second resource whose rows come one each two seconds.
func trickling(t *testing.T, settings string) *testProject {
	t.Helper()
	t.Parallel()
	server := mariadb.Start(t)
	loadResidents(t, server)
	server.Exec(t, "CREATE VIEW hukou.v_slow AS SELECT * FROM hukou.t_person WHERE SLEEP(2) = 0")
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", `resources: ["*"],`, `resources: ["*"], `+settings)
	slow := strings.Replace(residentYAML, "table: t_person", "table: v_slow", 1)
	slow = strings.Replace(slow, "000012", "000013", 1)
	slow = strings.ReplaceAll(strings.ReplaceAll(slow, "element: DE0001, ", ""), "element: DE0002, ", "")
	p.write(t, "catalog/gongan/slow.yaml", strings.Replace(slow, "常住人口基本信息", "流动人口基本信息", 1))
	return p
}

// What was read whole by the deadline lands; what was not fails for it, and says so.
func TestDeadline(t *testing.T) {
	p := trickling(t, "deadline: 4s,")
	began := time.Now()
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Unreachable || rec.Outcome != lake.RunPartial || rec.Release != 1 {
		t.Fatalf("outcome %s, release %d, %v", rec.Outcome, rec.Release, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if r := rec.Resources["gongan/slow"]; r.Outcome != lake.RunFailed || r.Kind != "unreachable" || !strings.Contains(r.Reason, "deadline of 4s") {
		t.Errorf("the slow one: %+v", r)
	}
	if r := rec.Resources["gongan/resident"]; r.Outcome != lake.RunOK || r.Resource.Landed == 0 {
		t.Errorf("the other: %+v", r)
	}
}

// A source that trickles is cut, whatever its reads' own time limits are.
func TestLeastRate(t *testing.T) {
	p := trickling(t, "min_rate: 100,")
	p.window = 400 * time.Millisecond
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Unreachable || rec.Outcome != lake.RunPartial {
		t.Fatalf("outcome %s, %v", rec.Outcome, err)
	}
	if r := rec.Resources["gongan/slow"]; r.Outcome != lake.RunFailed || !strings.Contains(r.Reason, "min_rate 100") {
		t.Errorf("the slow one: %+v", r)
	}
}

// A fast source is not to blame for a slow writer.
func TestSlowWriter(t *testing.T) {
	t.Parallel()
	server := mariadb.Start(t)
	loadMany(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "pipelines:", "defaults: {batch: 4000}\npipelines:")
	p.edit(t, "guiji.yaml", `gate: {max_failure_rate: 90%}`, `min_rate: 1000, gate: {max_failure_rate: 100%}`)
	p.window = 200 * time.Millisecond
	p.gave = func(int64) { time.Sleep(500 * time.Millisecond) } // while the rows are worked on
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || rec.Resources["gongan/resident"].Resource.Read != manyRows {
		t.Errorf("outcome %s, %v", rec.Outcome, err)
	}
}

// A slot that is tried again pulls what failed and nothing twice, and is whole then.
func TestSlotTriedAgain(t *testing.T) {
	p := trickling(t, "deadline: 4s,")
	slot := pipelines.Request{Pipeline: "nightly", Slot: "nightly@2026-11-22T22:00"}
	if rec, err := p.run(t, slot); err == nil || rec.Outcome != lake.RunPartial {
		t.Fatalf("outcome %s, %v", rec.Outcome, err)
	}
	first := p.release(t)
	if len(first.Slots) > 0 {
		t.Fatalf("slots %v: one resource has failed", first.Slots)
	}
	p.edit(t, "guiji.yaml", "deadline: 4s,", "")
	var rows int64
	p.gave = func(n int64) { rows += n } // of one resource, in one part
	rec, err := p.run(t, slot)
	if err != nil || rec.Outcome != lake.RunOK || rec.Release != 2 {
		t.Fatalf("outcome %s, release %d, %v", rec.Outcome, rec.Release, err)
	}
	second := p.release(t)
	if rows != 6 || len(second.Slots) != 1 || second.Slots[0] != slot.Slot {
		t.Errorf("%d rows were read, slots %v", rows, second.Slots)
	}
	if a, b := first.Resources["gongan/resident"].Pulled, second.Resources["gongan/resident"].Pulled; !a.Equal(b) {
		t.Error("what had landed was pulled again")
	}
	if rec, err := p.run(t, slot); err != nil || rec.Release != 0 || p.release(t).Version != 2 {
		t.Errorf("the third time: release %d, %v", rec.Release, err)
	}
}

// A run that takes twice its deadline ends, whatever it is at: nothing lands, and its
// lease is free.
func TestTwiceTheDeadline(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", `resources: ["*"],`, `resources: ["*"], deadline: 1s,`)
	p.at = func(point string) {
		if point == "settle.done" {
			time.Sleep(2200 * time.Millisecond)
		}
	}
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Unreachable || !strings.Contains(err.Error(), "deadline") || rec.Outcome != lake.RunFailed {
		t.Errorf("outcome %s, %v", rec.Outcome, err)
	}
	if r := rec.Resources["gongan/resident"]; r.Outcome != lake.RunFailed || r.Reason == "" {
		t.Errorf("the resource: %+v", r)
	}
	if _, _, held, err := lake.Holder(t.Context(), p.objs, "nightly", time.Now()); held || err != nil {
		t.Errorf("the lease is held, %v", err)
	}
	if rel, err := lake.NewChain(p.objs).Head(t.Context()); rel != nil || err != nil {
		t.Errorf("it made a release, %v", err)
	}
}
