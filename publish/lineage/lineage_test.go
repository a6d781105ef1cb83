package lineage_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"guiji/catalog"
	"guiji/internal/testkit/listener"
	"guiji/lake"
	"guiji/publish/lineage"
	"guiji/publish/post"
)

const pulledPassword = "c4nary-9917"

// maker is of a project with two tables, one of which resolves a person.
func maker(t *testing.T) lineage.Maker {
	resident := &catalog.Resource{ID: "gongan/resident", Name: "常住人口", Status: catalog.Published, Source: catalog.Source{Connection: "gongan", Table: "t_person"},
		Items: []catalog.Item{{Name: "id", Column: "id"}, {Name: "name", Column: "xm", Element: "DE2"}}}
	house := &catalog.Resource{ID: "gongan/house", Name: "房屋", Status: catalog.Published, Source: catalog.Source{Connection: "files", Table: "h.csv"}}
	p := &catalog.Project{Dir: t.TempDir(), Resources: []*catalog.Resource{house, resident},
		Config: catalog.Config{Store: "s3://u:" + pulledPassword + "@127.0.0.1:9000/bucket?key=" + pulledPassword, Pipelines: map[string]catalog.Pipeline{"nightly": {Resources: []string{"*"}}}}}
	return lineage.Maker{Project: p, Version: "1.2.3", Voices: []lineage.Voice{{"person", "name", "gongan/resident", "name"}},
		Place: func(r *catalog.Resource) (string, string, bool) {
			return "mysql://db.example.test:3306", "rk." + r.Source.Table, r.Source.Connection == "gongan"
		},
		Checks: func(*lake.Release, *catalog.Resource) []lineage.Assertion {
			return []lineage.Assertion{{Kind: "not_null", Success: false, Column: "xm", Severity: "error", Name: "name.not_null", Expected: "3", Actual: "2"}}
		},
	}
}

func release() *lake.Release {
	columns := []lake.Column{{Name: "id", Type: "BIGINT"}, {Name: "name", Type: "VARCHAR", Label: "姓名"}, {Name: "name_raw", Type: "VARCHAR"}, {Name: "_mask0", Type: "BIGINT"}}
	return &lake.Release{Version: 7, Datasets: map[string]lake.Dataset{
		"raw/gongan/resident":             {Layer: "raw", Table: "gongan__resident", Since: 7, Rows: 3, Columns: columns, Files: []lake.File{{Size: 10}, {Size: 5}}},
		"standard/gongan/resident":        {Layer: "standard", Table: "gongan__resident", Label: "常住人口", Since: 7, Rows: 2, Columns: columns[:2], Files: []lake.File{{Size: 10}}},
		"standard/gongan/house":           {Layer: "standard", Table: "gongan__house", Since: 6},
		"quality/gongan/resident/metrics": {Layer: "quality", Table: "gongan__resident__metrics", Since: 7},
		"entity/person":                   {Layer: "entity", Table: "person", Since: 7, Rows: 2, Columns: []lake.Column{{Name: "golden_id", Type: "VARCHAR"}, {Name: "name", Type: "VARCHAR"}}},
	}}
}

func record(outcome string) *lake.RunRecord {
	return &lake.RunRecord{ID: "r1", Pipeline: "nightly", Slot: "nightly@x", Outcome: outcome, Release: 7, Resources: map[string]lake.RunResource{
		"gongan/resident": {Outcome: lake.RunOK, Resource: lake.Resource{Pulled: time.Now(), Read: 100, Fetched: 3, Mode: "incremental",
			Columns: []lake.SourceColumn{{Name: "id", Type: "bigint(20)"}, {Name: "xm", Type: "varchar(50)"}}}},
		"gongan/house": {Outcome: lake.RunFailed, Kind: "unreachable"},
	}}
}

// events are one of each type a run can tell.
func events(t *testing.T) []lineage.Event {
	m := maker(t)
	b := lineage.Begun{ID: lineage.NewID(), Pipeline: "nightly", Slot: "nightly@x", Time: time.Now(), At: time.Now()}
	return []lineage.Event{
		m.Start(b),
		m.End(b, record(lake.RunOK), release(), "", "", time.Now()),
		m.End(b, record(lake.RunPartial), release(), "unreachable", "gone\nsecond line", time.Now()),
		m.End(b, &lake.RunRecord{ID: "r2", Outcome: lake.RunFailed}, nil, "config", "wrong", time.Now()),
		m.End(b, nil, nil, "refused", "no", time.Now()),
		m.End(b, nil, nil, "locked", "another", time.Now()),
		m.End(b, &lake.RunRecord{ID: "r3", Outcome: lake.RunFailed}, nil, "interrupted", "stopped", time.Now()),
	}
}

// specification compiles the files of a folder by their $id.
func specification(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	dir := os.Getenv("GUIJI_OPENLINEAGE_SPEC")
	if dir == "" {
		dir = "testdata/spec"
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return err
		}
		id, _ := doc.(map[string]any)["$id"].(string)
		n++
		return c.AddResource(id, doc)
	})
	if err != nil || n < 10 {
		t.Fatal(n, err)
	}
	return c
}

// valid judges an event, and each of its facets by the schema the facet itself names.
func valid(c *jsonschema.Compiler, event any) error {
	s, err := c.Compile("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent")
	if err == nil {
		err = s.Validate(event)
	}
	if err != nil {
		return err
	}
	var facets func(v any) error
	facets = func(v any) error {
		switch v := v.(type) {
		case map[string]any:
			if url, ok := v["_schemaURL"].(string); ok {
				s, err := c.Compile(url)
				if err == nil {
					err = s.Validate(v)
				}
				return err
			}
			for _, inner := range v {
				if err := facets(inner); err != nil {
					return err
				}
			}
		case []any:
			for _, inner := range v {
				if err := facets(inner); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return facets(event)
}

func decoded(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every event is what the specification asks for; and the check sees where one is not.
func TestEventsFitTheSpecification(t *testing.T) {
	c := specification(t)
	want := []string{"START", "COMPLETE", "COMPLETE", "FAIL", "FAIL", "ABORT", "ABORT"}
	for i, ev := range events(t) {
		if ev.EventType != want[i] {
			t.Errorf("event %d is %s, want %s", i, ev.EventType, want[i])
		}
		if err := valid(c, decoded(t, ev)); err != nil {
			t.Errorf("%s: %v", ev.EventType, err)
		}
	}
	for name, spoil := range map[string]func(e map[string]any){
		"no job":      func(e map[string]any) { delete(e, "job") },
		"no uuid":     func(e map[string]any) { e["run"].(map[string]any)["runId"] = "7" },
		"no time":     func(e map[string]any) { e["eventTime"] = "yesterday" },
		"no such end": func(e map[string]any) { e["eventType"] = "DONE" },
		"no rows": func(e map[string]any) {
			e["outputs"].([]any)[0].(map[string]any)["outputFacets"].(map[string]any)["outputStatistics"].(map[string]any)["rowCount"] = "many"
		},
	} {
		e := decoded(t, events(t)[1]).(map[string]any)
		spoil(e)
		if valid(c, e) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// What an event says of a run: where columns come from, how many rows, what failed.
func TestWhatIsTold(t *testing.T) {
	m := maker(t)
	ev := m.End(lineage.Begun{ID: lineage.NewID(), Pipeline: "nightly"}, record(lake.RunPartial), release(), "unreachable", "gone\nsecond", time.Now())
	b, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	for _, want := range []string{
		`"namespace":"mysql://db.example.test:3306","name":"rk.t_person"`, `"name":"source.files.h.csv"`, `"name":"standard.gongan__resident"`, `"name":"entity.person"`,
		`"rowCount":3`, `"rowCount":3,"size":15,"fileCount":2`, `"message":"gone"`, `"type":"varchar(50)"`, `"uri":"s3://127.0.0.1:9000/bucket"`,
		`"name":{"inputFields":[{"namespace":"mysql://db.example.test:3306","name":"rk.t_person","field":"xm","transformations":[{"type":"DIRECT","subtype":"TRANSFORMATION"`,
		`"name_raw":{"inputFields":[{"namespace":"mysql://db.example.test:3306","name":"rk.t_person","field":"xm","transformations":[{"type":"DIRECT","subtype":"IDENTITY"`,
		`"name":{"inputFields":[{"namespace":"guiji","name":"standard.gongan__resident","field":"name"`,
		`"assertion":"not_null","success":false,"column":"xm"`, `"outcome":"partial"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not told: %s", want)
		}
	}
	for _, not := range []string{pulledPassword, "_mask0\":{", "second", "gongan__house", "__metrics"} {
		if strings.Contains(got, not) {
			t.Errorf("told: %s", not)
		}
	}
}

// A run that opens no source names none: it reads the tables of the release before.
func TestWhatIsToldOfStoredData(t *testing.T) {
	m, c := maker(t), specification(t)
	m.Stored = true
	b := lineage.Begun{ID: lineage.NewID(), Pipeline: "nightly", At: time.Now()}
	for _, ev := range []lineage.Event{m.Start(b), m.End(b, record(lake.RunOK), release(), "", "", time.Now())} {
		body, err := json.Marshal(ev)
		if err != nil || bytes.Contains(body, []byte("mysql")) || bytes.Contains(body, []byte("t_person")) || bytes.Contains(body, []byte(pulledPassword)) {
			t.Errorf("%v: %s", err, body)
		}
		if err := valid(c, decoded(t, ev)); err != nil {
			t.Errorf("%s: %v", ev.EventType, err)
		}
		if ev.Inputs[1].Namespace != "guiji" || ev.Inputs[1].Name != "raw.gongan__resident" {
			t.Errorf("reads %s %s", ev.Inputs[1].Namespace, ev.Inputs[1].Name)
		}
		if ev.EventType != lineage.Complete {
			continue
		}
		if _, ok := ev.Inputs[1].InputFacets["dataQualityAssertions"]; !ok || !bytes.Contains(body, []byte(`"name":{"inputFields":[{"namespace":"guiji","name":"raw.gongan__resident","field":"name",`)) {
			t.Errorf("lacks checks or columns: %s", body)
		}
	}
}

// Events reach a file, a line each, and an address, in order; a server that is down
// loses nothing of the file and holds nobody up for long.
func TestEmit(t *testing.T) {
	server := listener.Open(t)
	dir := t.TempDir()
	t.Setenv("LINEAGE_URL", server.URL+"/api/v1/lineage?token="+pulledPassword)
	var log bytes.Buffer
	emit := func() {
		e := lineage.NewEmitter(catalog.Lineage{File: "events.jsonl", URL: "${LINEAGE_URL}"}, dir, post.New(post.Options{Pause: time.Millisecond}),
			slog.New(slog.NewTextHandler(&log, nil)))
		for _, ev := range events(t) {
			e.Emit(ev)
		}
		e.Close()
	}
	emit()
	b, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var got []string
	for _, p := range server.Taken() {
		got = append(got, strings.TrimSpace(string(p.Body)))
	}
	if len(lines) != 7 || strings.Join(lines, "\n") != strings.Join(got, "\n") {
		t.Errorf("%d lines in the file, %d at the server", len(lines), len(got))
	}
	c := specification(t)
	for _, l := range lines {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(l))
		if err == nil {
			err = valid(c, doc)
		}
		if err != nil {
			t.Error(err)
		}
	}
	server.Say("", 500)
	emit()
	if b, _ := os.ReadFile(filepath.Join(dir, "events.jsonl")); strings.Count(string(b), "\n") != 14 {
		t.Errorf("the file has %d lines", strings.Count(string(b), "\n"))
	}
	tear(t, filepath.Join(dir, "events.jsonl"))
	emit()
	if b, _ := os.ReadFile(filepath.Join(dir, "events.jsonl")); strings.Count(string(b), "\n") != 21 {
		t.Errorf("after a torn line the file has %d lines", strings.Count(string(b), "\n"))
	}
	if !strings.Contains(log.String(), "not sent") || strings.Contains(log.String(), pulledPassword) {
		t.Errorf("logged: %s", log.String())
	}
	if st, err := os.Stat(filepath.Join(dir, "events.jsonl")); err != nil || st.Mode().Perm() != 0o600 {
		t.Error("mode", st.Mode(), err)
	}
	if lineage.NewEmitter(catalog.Lineage{}, dir, nil, nil) != nil {
		t.Error("an emitter to nowhere")
	}
}

// tear takes the end of the last line away, as a full disk does.
func tear(t *testing.T, path string) {
	t.Helper()
	st, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, st.Size()-5)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// How checks ended is told of each run, also where they ended as they had before; of a
// resource that was not read it is not.
func TestChecksThatEndAsBefore(t *testing.T) {
	rel := release()
	d := rel.Datasets["quality/gongan/resident/metrics"]
	d.Since = 6
	rel.Datasets["quality/gongan/resident/metrics"], rel.Datasets["quality/gongan/house/metrics"] = d, d
	rel.Resources = map[string]lake.Resource{"gongan/resident": {Since: 7}, "gongan/house": {Since: 6}}
	b, err := json.Marshal(maker(t).End(lineage.Begun{ID: lineage.NewID(), Pipeline: "nightly"}, record(lake.RunPartial), rel, "", "", time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), `"assertions":`); n != 1 {
		t.Errorf("checks of %d tables are told", n)
	}
}
