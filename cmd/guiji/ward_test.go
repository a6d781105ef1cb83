package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/engine"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/localdir"
)

// ward is a desk whose runs are killed, over a source that changes between them:
// residents are collected by increments and the keys that are gone, houses in full.
type ward struct {
	*desk
	server  *mariadb.Server
	rng     *rand.Rand
	whole   time.Duration // what a run takes that nobody disturbs
	changes int
	next    int             // id of the next person
	look    *engine.Session // that looks into what landed
	tally   *proof.Tally
}

const (
	wardLease    = time.Second
	wardResident = `
source: {connection: gongan, table: t_person, key: [id], cursor: updated, lookback: 1h, delete_detection: true, max_deletes: 90%}
items:
  - {name: id, label: 编号, type: N(20)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), element: DE0001, privacy: direct}
  - {name: name, label: 姓名, column: xm, type: C(50), element: DE0002, privacy: direct, checks: [not_null]}
  - {name: age, label: 年龄, column: nl, type: N(3), checks: [{range: {min: 0, max: 150}}]}
  - {name: updated, label: 更新时间, type: T}
`
)

// newWard makes a desk of so many persons.
func newWard(t *testing.T, server *mariadb.Server, name string, persons int, tally *proof.Tally) *ward {
	t.Helper()
	w := &ward{desk: newDesk(t, server, name), server: server, rng: rand.New(rand.NewPCG(11, uint64(len(name)))), next: persons + 100, tally: tally}
	for i, c := range []byte(name) {
		w.rng = rand.New(rand.NewPCG(w.rng.Uint64(), uint64(i)<<8|uint64(c)))
	}
	server.Exec(t, "ALTER TABLE "+name+".t_person ADD PRIMARY KEY (id), ADD updated datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), ADD INDEX (updated)",
		fmt.Sprintf("INSERT INTO %[1]s.t_person (id, sfzh, xm, nl) SELECT seq, LPAD(seq, 18, '0'), CONCAT('人', seq), 30 FROM %[1]s.seq_100_to_%[2]d", name, persons+99))
	s, err := engine.Open(context.Background(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.look = s
	w.entry("gongan/resident", "107001/000012", "常住人口基本信息", wardResident)
	w.edit("guiji.yaml", "defaults: {", "defaults: {lease: "+wardLease.String()+", ")
	return w
}

// settle runs until the time of an undisturbed run is known.
func (w *ward) settle() {
	w.Helper()
	w.good()
	w.change()
	w.whole = min(w.good().took, w.good().took)
}

// change is what the department's own people do between two runs.
func (w *ward) change() {
	w.Helper()
	w.changes++
	tx, err := w.server.DB().Begin()
	if err != nil {
		w.Fatal(err)
	}
	for range 1 + w.rng.IntN(6) {
		id := 100 + w.rng.IntN(w.next-100)
		switch w.rng.IntN(5) {
		case 0, 1:
			w.next++
			w.in(tx, "INSERT INTO %s.t_person (id, sfzh, xm, nl) VALUES (%d, LPAD(%[2]d, 18, '0'), '新%[2]d', 20)", w.next)
		case 2, 3:
			w.in(tx, "UPDATE %s.t_person SET xm = '改%[3]d', nl = %[4]d WHERE id = %[2]d", id, w.changes, w.rng.IntN(90))
		case 4:
			w.in(tx, "DELETE FROM %s.t_person WHERE id = %d", id)
		}
	}
	w.in(tx, "INSERT INTO %s.t_house VALUES (%d, '改%[2]d')", 1000+w.changes)
	if w.changes%3 == 0 {
		w.in(tx, "DELETE FROM %s.t_house WHERE id = %d", 1000+w.changes-2)
	}
	if err := tx.Commit(); err != nil {
		w.Fatal(err)
	}
}

func (w *ward) in(tx *sql.Tx, query string, args ...any) {
	w.Helper()
	if _, err := tx.Exec(fmt.Sprintf(query, append([]any{w.database}, args...)...)); err != nil {
		w.Fatal(err)
	}
}

// killed starts a run and ends it by kill -9: after a while, or where the failpoint of
// the environment is. It returns what the run said.
func (w *ward) killed(after time.Duration, point string) string {
	w.Helper()
	var out bytes.Buffer
	cmd := w.command("run", "--lang", "en")
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(slices.Clone(w.env), "GUIJI_FAILPOINT="+point)
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	if point == "" {
		time.Sleep(after)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			w.Fatal(err)
		}
	}
	_ = cmd.Wait() // of a killed process
	if point != "" && cmd.ProcessState.ExitCode() != -1 {
		w.Errorf("the run did not come by %s: exit code %d\n%s", point, cmd.ProcessState.ExitCode(), out.String())
	}
	return out.String()
}

// cycle is one kill and everything it must not have done. With fork, the run after it
// is held against one that nobody disturbed.
func (w *ward) cycle(name, point string, fork bool) {
	w.Helper()
	before := w.head()
	w.change()
	w.killed(time.Duration(w.rng.Int64N(int64(w.whole))), point)
	w.tally.Add("kills", 1)
	head := w.head()
	switch {
	case head.Version > before.Version+1:
		w.Errorf("%s: release %d after %d", name, head.Version, before.Version)
	case head.Version == before.Version+1:
		w.tally.Add("committed", 1)
		w.compare(name+": what the killed run committed", head)
	}
	w.ahead(name, head)
	w.intact(name)
	var twin *desk
	if fork {
		twin = w.fork(head)
		twin.good()
	}
	for end := time.Now().Add(10 * time.Second); w.alive() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	if e := w.guiji("run", "--lang", "en"); e.code != 0 {
		w.tally.Add("not_landed", 1)
		w.Errorf("%s: the next run ends with %d\n%s", name, e.code, e.all())
		return
	}
	after := w.head()
	w.compare(name, after)
	if twin != nil {
		w.same(name, after, twin)
	}
}

// compare holds a release's rows against the source's.
func (w *ward) compare(name string, rel *lake.Release) {
	w.Helper()
	for dataset, query := range map[string]string{"standard/gongan/resident": "SELECT id, xm FROM %s.t_person", "standard/gongan/house": "SELECT id, dz FROM %s.t_house"} {
		truth, there := w.truth(fmt.Sprintf(query, w.database)), w.landedRows(rel, dataset)
		lost, doubled := 0, 0
		for id, value := range truth {
			switch got := there[id]; {
			case len(got) == 0 || !slices.Contains(got, value):
				lost++
			case len(got) > 1:
				doubled++
			}
		}
		for id := range there {
			if _, ok := truth[id]; !ok {
				doubled++ // it was deleted at the source, or never there
			}
		}
		w.tally.Add("lost_rows", lost)
		w.tally.Add("doubled_rows", doubled)
		if lost+doubled > 0 {
			w.Errorf("%s: release %d, %s: %d rows lost or old, %d twice or too many", name, rel.Version, dataset, lost, doubled)
		}
	}
}

// truth is the source's table: a value by id.
func (w *ward) truth(query string) map[string]string {
	w.Helper()
	rows, err := w.server.DB().Query(query)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id, value string
		if err := rows.Scan(&id, &value); err != nil {
			w.Fatal(err)
		}
		out[id] = value
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return out
}

// landedRows are a dataset's rows: values by id.
func (w *ward) landedRows(rel *lake.Release, dataset string) map[string][]string {
	w.Helper()
	column := map[string]string{"standard/gongan/resident": "name", "standard/gongan/house": "address"}[dataset]
	out := map[string][]string{}
	w.scan(rel, dataset, "id::VARCHAR, "+column, func(rows *sql.Rows) error {
		var id string
		var value sql.NullString
		err := rows.Scan(&id, &value)
		out[id] = append(out[id], value.String)
		return err
	})
	return out
}

// scan reads a dataset's files as they are in the store.
func (w *ward) scan(rel *lake.Release, dataset, columns string, each func(*sql.Rows) error) {
	w.Helper()
	dir, err := os.MkdirTemp(w.TempDir(), "")
	if err != nil {
		w.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store := w.store()
	var paths []string
	for i, f := range rel.Datasets[dataset].Files {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := fetch(store, f.Key, path); err != nil {
			w.Errorf("release %d, %s: %v", rel.Version, f.Key, err)
			return
		}
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return
	}
	rows, err := w.look.Query(context.Background(), "read", "SELECT "+columns+" FROM "+engine.Parquet(paths))
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			w.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
}

// fetch copies an object to a file.
func fetch(store lake.Objects, key, path string) error {
	body, _, err := store.Get(context.Background(), key)
	if err != nil {
		return err
	}
	defer body.Close()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, body)
	return errors.Join(err, f.Close())
}

// ahead checks that the cursor of a release is not beyond the data it holds.
func (w *ward) ahead(name string, rel *lake.Release) {
	w.Helper()
	cursor, last := rel.Resources["gongan/resident"].Cursor, ""
	w.scan(rel, "standard/gongan/resident", "max(updated)::VARCHAR", func(rows *sql.Rows) error { return rows.Scan(&last) })
	if cursor == "" || strings.TrimRight(cursor, "0.") > strings.TrimRight(last, "0.") {
		w.tally.Add("cursor_ahead", 1)
		w.Errorf("%s: release %d: the cursor is %q, its data end at %q", name, rel.Version, cursor, last)
	}
}

// intact checks that everything a release names is there, to the last byte.
func (w *ward) intact(name string) {
	w.Helper()
	problems, _, err := lake.Verify(context.Background(), w.store(), lake.VerifyOptions{ReadData: 1})
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range problems {
		if !p.Orphan {
			w.Errorf("%s: verify: %s: %s", name, p.Key, p.What)
		}
	}
}

// fork is a desk over the same source whose store is a copy of this one's head: what
// an undisturbed run would land from here.
func (w *ward) fork(head *lake.Release) *desk {
	w.Helper()
	d := &desk{T: w.T, dir: w.TempDir(), scratch: w.TempDir(), database: w.database, address: w.address, env: w.env, program: w.program}
	local, err := localdir.Open(filepath.Join(d.dir, "lake"))
	if err != nil {
		w.Fatal(err)
	}
	d.store = func() lake.Objects { return local }
	keys := []string{"hint/release", fmt.Sprintf("release/v%012d.json", head.Version), fmt.Sprintf("release/v%012d.json", head.Version-1)}
	for _, name := range slices.Sorted(maps.Keys(head.Datasets)) {
		for _, f := range head.Datasets[name].Files {
			keys = append(keys, f.Key)
		}
	}
	from := w.store()
	for _, key := range keys {
		if err := carry(from, local, key); err != nil {
			w.Fatal(err)
		}
	}
	d.files()
	d.entry("gongan/resident", "107001/000012", "常住人口基本信息", wardResident)
	return d
}

func carry(from, to lake.Objects, key string) error {
	body, o, err := from.Get(context.Background(), key)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = to.Put(context.Background(), key, body, o.Size, lake.Condition{})
	return err
}

// same compares what landed with what the undisturbed desk landed, byte by byte.
func (w *ward) same(name string, rel *lake.Release, twin *desk) {
	w.Helper()
	want := twin.head()
	differ := 0
	for _, dataset := range bytesFollow() {
		if now, then := sums(rel, dataset), sums(want, dataset); !slices.Equal(now, then) {
			differ++
			w.Errorf("%s: %s differs from that of an undisturbed run: %v, %v", name, dataset, now, then)
		}
	}
	w.tally.Add("bytes_differ", differ)
	w.tally.Add("bytes_compared", 1)
	if err := os.RemoveAll(twin.dir); err != nil {
		w.Error(err)
	}
}

// bytesFollow are the datasets whose bytes follow from the source's rows alone.
func bytesFollow() []string {
	return []string{"standard/gongan/resident", "standard/gongan/house", "entity/person", "entity/person/crosswalk",
		"quality/gongan/resident/metrics", "quality/gongan/resident/failures", "quality/gongan/resident/quarantine", "quality/gongan/resident/duplicates"}
}

func sums(rel *lake.Release, dataset string) (out []string) {
	for _, f := range rel.Datasets[dataset].Files {
		out = append(out, f.SHA256)
	}
	return out
}

// built is the program with its failpoints, built once.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guiji")
	cmd := exec.Command("go", "build", "-tags", "duckdb_arrow failpoints", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program with failpoints: %v\n%s", err, out)
	}
	return path
}
