package serving_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/serving"
)

// world is a store with what a release's files need.
type world struct {
	t     *testing.T
	objs  *localdir.Dir
	cache *lake.Cache
	dir   string
	key   func() ([]byte, error)
	s     *engine.Session
}

func newWorld(t *testing.T) *world {
	t.Helper()
	objs, err := localdir.Open(filepath.Join(t.TempDir(), "it's a store"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := lake.NewCache(objs, filepath.Join(t.TempDir(), "cache"), 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &world{t, objs, cache, filepath.Join(t.TempDir(), "serving"), nil, s}
}

// parquet uploads a query's result.
func (w *world) parquet(key, query string) lake.File {
	w.t.Helper()
	p := filepath.Join(w.t.TempDir(), "f.parquet")
	n, err := w.s.CopyQuery(w.t.Context(), "t", query, p, engine.ParquetOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := lake.Upload(w.t.Context(), w.objs, key, p, n)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// release is version v with persons of n rows, served as said.
func (w *world) release(v uint64, n int, serve string) *lake.Release {
	w.t.Helper()
	person := w.parquet(fmt.Sprintf("data/standard/gongan/resident/%d/a.parquet", n),
		fmt.Sprintf("SELECT i AS id, '张' || i AS name, '371502199001011' || lpad(i::VARCHAR, 3, '0') AS citizen_id FROM range(%d) t(i)", n))
	meta := w.parquet("data/meta/departments/a.parquet", "SELECT 'gongan' AS id, '公安' AS name")
	r := &lake.Release{
		Version: v, Nonce: "n", RunID: "r", Pipeline: "p", Datasets: map[string]lake.Dataset{
			"standard/gongan/resident": {
				Layer: "standard", Table: "gongan__resident", Label: "常住人口", Files: []lake.File{person}, Rows: int64(n), Since: v,
				Columns: []lake.Column{{Name: "id", Type: "BIGINT"}, {Name: "name", Type: "VARCHAR", Label: "姓名'", Privacy: "direct"},
					{Name: "citizen_id", Type: "VARCHAR", Label: "公民身份号码", Privacy: "direct"}},
				Serve: serve, Lookup: []string{"citizen_id"},
			},
			"meta/departments": {Layer: "meta", Table: "departments", Files: []lake.File{meta}, Rows: 1, Since: v,
				Columns: []lake.Column{{Name: "id", Type: "VARCHAR"}, {Name: "name", Type: "VARCHAR"}}},
		},
	}
	if v > 1 {
		r.Previous = &lake.Link{Version: v - 1, SHA256: strings.Repeat("0", 64)}
	}
	if err := r.Validate(); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) place() lake.Place { return lake.Place{Dir: w.dir, Key: w.key} }

func (w *world) build(r *lake.Release) string { return w.file(r).Path }

func (w *world) file(r *lake.Release) serving.File {
	w.t.Helper()
	f, err := serving.Build(w.t.Context(), r, w.cache, w.place())
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) open(v uint64) *engine.Session {
	w.t.Helper()
	s, err := serving.Open(w.t.Context(), w.place(), v)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	return s
}

func text(t *testing.T, s *engine.Session, query string) string {
	t.Helper()
	var out string
	if err := s.Row(t.Context(), "t", query, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) files(pattern string) []string {
	w.t.Helper()
	out, err := filepath.Glob(filepath.Join(w.dir, pattern))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestViewsAndTables(t *testing.T) {
	for _, serve := range []string{"", "view", "table"} {
		w := newWorld(t)
		if _, err := serving.Open(t.Context(), w.place(), 0); fault.KindOf(err) != fault.Config {
			t.Errorf("before the first: %v", err)
		}
		path := w.build(w.release(1, 100, serve))
		if filepath.Base(path) != "v000000000001.duckdb" {
			t.Errorf("path %s", path)
		}
		s := w.open(0)
		got := text(t, s, `SELECT count(*) || ' ' || max(name) || ' ' || (SELECT name FROM meta.departments) FROM standard.gongan__resident WHERE citizen_id <= '371502199001011009'`)
		if got != "10 张9 公安" {
			t.Errorf("serve %q: %s", serve, got)
		}
		if got := text(t, s, `SELECT string_agg(comment, ',' ORDER BY column_index) FROM duckdb_columns() WHERE table_name = 'gongan__resident'`); got != "姓名',公民身份号码" {
			t.Errorf("column comments %q", got)
		}
		if got := text(t, s, `SELECT comment FROM duckdb_views() WHERE view_name = 'gongan__resident'`); got != "常住人口" {
			t.Errorf("table comment %q", got)
		}
		if got := text(t, s, `SELECT string_agg(DISTINCT schema_name, ' ' ORDER BY schema_name) FROM duckdb_schemas() WHERE database_name LIKE 'v0%' AND NOT internal`); got != "entity meta quality raw standard" && got != "entity main meta quality raw standard" {
			t.Errorf("schemas %q", got)
		}
		if left := w.files("*.wal"); len(left) > 0 {
			t.Errorf("left %s", left)
		}
		for _, f := range w.files("*.duckdb") {
			if st, err := os.Stat(f); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, %v", f, st.Mode(), err)
			}
		}
	}
}

func TestNothingElseIsInReach(t *testing.T) {
	w := newWorld(t)
	w.build(w.release(1, 5, "table"))
	outside := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.open(1)
	for _, q := range []string{
		"SELECT * FROM read_csv(" + engine.Lit(outside) + ")", "SELECT * FROM " + engine.Lit(outside), "SELECT * FROM read_text('/etc/hostname')",
		"COPY (SELECT 1) TO " + engine.Lit(outside+".out"), "ATTACH " + engine.Lit(outside+".duckdb"), "INSTALL httpfs", "LOAD httpfs",
		"SET enable_external_access = true", "RESET enable_external_access", "SET lock_configuration = false", "SET allowed_directories = ['/']",
		"CREATE TABLE standard.t (i INTEGER)", "DROP VIEW standard.gongan__resident", `DELETE FROM "standard_gongan__resident".main.data`,
	} {
		if err := s.Exec(t.Context(), "t", q); err == nil {
			t.Errorf("%s: no error", q)
		}
	}
	if left, err := filepath.Glob(outside + ".*"); err != nil || len(left) > 0 {
		t.Errorf("written: %s, %v", left, err)
	}
}

// A serving file that somebody reads must never change under him, and what did
// not change between releases is not built again.
func TestReadersKeepTheirRelease(t *testing.T) {
	w := newWorld(t)
	w.build(w.release(1, 10, "table"))
	old := w.open(0)
	for v := uint64(2); v <= 6; v++ {
		w.build(w.release(v, 10+int(v)/4, "table")) // changes at 4
		if got := text(t, old, "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "10" {
			t.Fatalf("after release %d the reader of release 1 sees %s rows", v, got)
		}
	}
	if got := text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "11" {
		t.Errorf("the current one has %s rows", got)
	}
	if got := len(w.files("v*.duckdb")); got != 3 {
		t.Errorf("%d serving files are kept: %s", got, w.files("v*.duckdb"))
	}
	if got := len(w.files("standard_*.duckdb")); got != 2 {
		t.Errorf("%d table files: %s", got, w.files("standard_*.duckdb"))
	}
	if _, err := serving.Open(t.Context(), w.place(), 1); fault.KindOf(err) != fault.Config {
		t.Errorf("release 1: %v", err)
	}
	hour := time.Now().Add(-2 * time.Hour)
	for _, f := range w.files("standard_*.duckdb") {
		if err := os.Chtimes(f, hour, hour); err != nil {
			t.Fatal(err)
		}
	}
	w.build(w.release(7, 11, "table"))
	if got := len(w.files("standard_*.duckdb")); got != 1 {
		t.Errorf("%d table files after the sweep: %s", got, w.files("standard_*.duckdb"))
	}
}

func TestBrokenFilesAreBuiltAgain(t *testing.T) {
	w := newWorld(t)
	r := w.release(1, 10, "table")
	first := w.build(r)
	if again := w.build(r); again != first {
		t.Errorf("a good file was built again: %s", again)
	}
	for _, f := range w.files("*.duckdb") {
		if err := os.Truncate(f, 100); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f+".wal", []byte("rubbish"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := w.build(r)
	if second == first {
		t.Error("the broken file was replaced in place")
	}
	if got := text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "10" {
		t.Errorf("%s rows", got)
	}
}

func TestBuildRefusesOtherCounts(t *testing.T) {
	w := newWorld(t)
	r := w.release(1, 10, "")
	d := r.Datasets["standard/gongan/resident"]
	d.Rows, d.Files[0].Rows = 11, 11
	r.Datasets["standard/gongan/resident"] = d
	if _, err := serving.Build(t.Context(), r, w.cache, w.place()); fault.KindOf(err) != fault.Data {
		t.Errorf("%v", err)
	}
	if left := w.files("*"); len(left) > 0 {
		t.Errorf("left %s", left)
	}
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	r := w.release(1, 10, "table")
	path := filepath.Join(t.TempDir(), "out.duckdb")
	if err := os.WriteFile(path+".wal", []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := serving.Export(t.Context(), r, w.cache, path, []string{"standard"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := serving.Export(t.Context(), r, w.cache, path, nil, ""); fault.KindOf(err) != fault.Config {
		t.Errorf("over an existing file: %v", err)
	}
	if err := serving.Export(t.Context(), r, w.cache, path+"2", []string{"nothing"}, ""); fault.KindOf(err) != fault.Config {
		t.Errorf("unknown layer: %v", err)
	}
	if err := serving.Export(t.Context(), r, w.cache, filepath.Join(path, "x"), nil, ""); fault.KindOf(err) != fault.Config {
		t.Errorf("no folder: %v", err)
	}
	if err := os.RemoveAll(w.objs.LocalRoot()); err != nil { // it needs nothing beside it
		t.Fatal(err)
	}
	s, err := engine.Open(context.Background(), engine.Options{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := text(t, s, "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "10" {
		t.Errorf("%s rows", got)
	}
	if got := text(t, s, "SELECT count(*)::VARCHAR FROM duckdb_tables()"); got != "1" {
		t.Errorf("%s tables", got)
	}
	if got := text(t, s, "SELECT comment FROM duckdb_tables()"); got != "常住人口" {
		t.Errorf("comment %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("beside it: %s", left)
	}
}
