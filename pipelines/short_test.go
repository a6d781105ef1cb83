package pipelines_test

import (
	"bytes"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
)

// told passes on what a log tells, as text.
type told func(line string)

func (f told) Write(b []byte) (int, error) {
	f(string(b))
	return len(b), nil
}

// An update that runs out of memory is made up for by a whole resolve in the same run, and
// a warning says so. Where that runs out too, its error is the entity's, which stays.
func TestAnUpdateWithoutMemoryIsMadeWhole(t *testing.T) {
	p, server := newTwoEntities(t)
	server.Exec(t, "INSERT INTO hukou.t_unit SELECT seq, concat('U', seq), concat('单位', seq), '张三' FROM hukou.seq_3_to_20000")
	run := func(enough bool, name string) (*lake.RunRecord, string, error) {
		t.Helper()
		server.Exec(t, "UPDATE hukou.t_unit SET name = '"+name+"' WHERE id = 2")
		r := p.runner(t)
		before := r.Project.Config.Defaults.Memory
		r.At = func(point string) {
			if point == "stage.half" { // entities are made next
				r.Project.Config.Defaults.Memory = "3MB"
			}
		}
		var log bytes.Buffer
		r.Log = slog.New(slog.NewTextHandler(told(func(line string) {
			log.WriteString(line)
			if enough && strings.Contains(line, "entity is made whole") {
				r.Project.Config.Defaults.Memory = before
			}
		}), &slog.HandlerOptions{Level: slog.LevelWarn}))
		rec, err := r.Run(t.Context(), pipelines.Request{Pipeline: "nightly"})
		return rec, log.String(), err
	}
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	rec, log, err := run(true, "三中")
	if org := rec.Entities["org"]; err != nil || org.Mode != "full" || org.Golden != 20000 || org.Kind != "" {
		t.Fatalf("org %+v, %v", org, err)
	}
	if strings.Count(log, "level=WARN") != 1 || !strings.Contains(log, "entity=org") || !strings.Contains(log, "ran out of its memory limit in step onesource") {
		t.Errorf("the log says %s", log)
	}
	p.same(t, "entity/org", "SELECT org_name, (SELECT count(*) FROM {}) FROM {} WHERE entity_key = 'U2'", [][]any{{"三中", "20000"}})
	before := p.release(t)
	rec, log, err = run(false, "四中")
	if org := rec.Entities["org"]; fault.KindOf(err) != fault.Config || rec.Outcome != lake.RunPartial || org.Kind != "config" || org.Reason == "" {
		t.Fatalf("org %+v, outcome %s, %v", org, rec.Outcome, err)
	}
	if strings.Count(log, "entity is made whole") != 1 || strings.Count(log, "entity failed") != 1 {
		t.Errorf("the log says %s", log)
	}
	if after := p.release(t); !reflect.DeepEqual(entityFiles(before, "org"), entityFiles(after, "org")) {
		t.Error("what failed is not the one before")
	}
}
