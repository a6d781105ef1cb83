package command_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/command"
	"guiji/connectors/connectortest"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/testkit/drivers"
	"guiji/lake"
)

// people is a table of 1 000 rows in words that SQLite and H2 both take.
func people() []string {
	out := []string{`CREATE TABLE "people" ("id" BIGINT NOT NULL PRIMARY KEY, "姓名" VARCHAR(50), "amount" DECIMAL(18,2), "day" DATE, "changed" TIMESTAMP, "raw" BLOB, "ratio" DOUBLE PRECISION)`,
		`CREATE INDEX "people_changed" ON "people" ("changed")`, `CREATE TABLE "empty one" ("id" BIGINT NOT NULL PRIMARY KEY)`}
	for i := range 1000 {
		changed := fmt.Sprintf("'2026-01-%02d 08:00:00'", i%28+1)
		if i%100 == 7 {
			changed = "NULL"
		}
		out = append(out, fmt.Sprintf(`INSERT INTO "people" VALUES (%d, '张𠮷%d', %d.25, '2020-02-29', %s, x'00ff', 0.5)`, i*10-500, i, i, changed))
	}
	return out
}

func TestPythonExample(t *testing.T) {
	program, path := drivers.Python(t)
	l := newLab(t)
	l.exec(t, strings.Join(people(), ";\n"))
	script, err := filepath.Abs("examples/python/dbapi.py")
	if err != nil {
		t.Fatal(err)
	}
	s := command.DefaultSettings()
	s.Command = []string{program, script}
	s.Env = map[string]secret.Secret{"PYTHONPATH": secret.Secret(path), "DB_MODULE": "sqlite3", "DB_DIALECT": "sqlite",
		"DB_CONNECT": secret.Secret(fmt.Sprintf(`{"database": "file:%s?mode=ro", "uri": true}`, l.path))}
	roundTrip(t, s, true)
}

func TestJavaExample(t *testing.T) {
	program, classes := drivers.Java(t, "examples/java/JdbcSource.java")
	dir := t.TempDir()
	script := filepath.Join(dir, "people.sql")
	if err := os.WriteFile(script, []byte(strings.Join(people(), ";\n")+";"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := "jdbc:h2:file:" + filepath.Join(dir, "db")
	if out, err := exec.Command(program, "-cp", classes, "org.h2.tools.RunScript", "-url", url, "-user", "reader", "-password", "p'w", "-script", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.500s", err, out)
	}
	s := command.DefaultSettings()
	s.AtOnce = 1 // an embedded database belongs to one process at a time
	s.Command = []string{program, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", classes, "JdbcSource"}
	s.Env = map[string]secret.Secret{"JDBC_URL": secret.Secret(url), "JDBC_USER": "reader", "JDBC_PASSWORD": "p'w", "JDBC_SCHEMA": "PUBLIC"}
	roundTrip(t, s, os.Getenv("GUIJI_LONG") != "") // each question starts a Java machine
	s.Env["JDBC_PASSWORD"] = "letmein-7391"
	if _, err := openProgram(t, s).Discover(t.Context()); fault.KindOf(err) != fault.Refused || strings.Contains(fmt.Sprint(err), "7391") {
		t.Errorf("a wrong password: kind %s", fault.KindOf(err))
	}
}

func openProgram(t *testing.T, s *command.Settings) connectors.Source {
	t.Helper()
	src, err := command.Connector().Open(t.Context(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// texts is a sink that keeps what it is given, as text.
type texts struct {
	rows [][]string
	then func()
}

func (s *texts) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		var row []string
		for _, c := range rec.Columns() {
			v := "NULL"
			if cell := connectortest.Cell(c, i); cell != nil {
				v = *cell
			}
			row = append(row, v)
		}
		s.rows = append(s.rows, row)
	}
	if s.then != nil {
		s.then()
	}
	return nil
}

func (s *texts) Bad(lake.BadRow) error { return nil }

// roundTrip reads the people with one of the examples: whole in parts, by a window, the keys;
// and thoroughly a sample, nothing, and what is not there.
func roundTrip(t *testing.T, s *command.Settings, thorough bool) {
	src := openProgram(t, s)
	found, err := src.Discover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[1].Name != "people" || !slices.Equal(found[1].Key, []string{"id"}) || found[1].Columns[2].Type.String() != "decimal(18, 2)" || !found[1].Columns[4].Indexed || found[1].Columns[1].Indexed {
		t.Fatalf("discovered %+v", found)
	}
	columns := []string{"id", "姓名", "amount", "day", "changed", "raw", "ratio"}
	req := connectors.Request{Table: "people", Columns: columns, Key: []string{"id"}, Parts: 2, BatchRows: 100}
	snap, all := whole(t, src, req)
	if len(snap.Parts()) != 2 || snap.Consistent() {
		t.Errorf("%d parts, consistent %v", len(snap.Parts()), snap.Consistent())
	}
	if len(all.rows) != 1000 {
		t.Fatalf("%d rows of 1000", len(all.rows))
	}
	for i, row := range all.rows {
		changed := fmt.Sprintf("2026-01-%02d 08:00:00", i%28+1)
		if i%100 == 7 {
			changed = "NULL"
		}
		want := []string{fmt.Sprint(i*10 - 500), fmt.Sprintf("张𠮷%d", i), fmt.Sprintf("%d.25", i), "2020-02-29", changed, "00ff", "0.5"}
		if !slices.Equal(row, want) {
			t.Fatalf("row %d is %q, wanted %q", i, row, want)
		}
	}
	cursor, err := snap.(connectors.Cursored).Cursor(t.Context(), "changed")
	if err != nil || cursor.Kind != connectors.CursorTime || cursor.Max != "2026-01-28 08:00:00" || !cursor.Nulls || !cursor.Indexed || cursor.Now < "2026" {
		t.Errorf("%+v, %v", cursor, err)
	}
	keys := &texts{}
	if err := snap.(connectors.KeyReader).ReadKeys(t.Context(), keys); err != nil || len(keys.rows) != 1000 || len(keys.rows[0]) != 1 {
		t.Errorf("%d keys, %v", len(keys.rows), err)
	}
	req.Window = &connectors.Window{Column: "changed", From: "2026-01-28 08:00:00", To: "2026-01-28 08:00:00"}
	if _, got := whole(t, src, req); len(got.rows) != 34+10 {
		t.Errorf("%d rows of a window, wanted 44", len(got.rows))
	}
	if !thorough {
		return
	}
	req.Window, req.Limit = nil, 7
	if _, got := whole(t, src, req); len(got.rows) != 7 {
		t.Errorf("%d rows of a sample of 7", len(got.rows))
	}
	if _, got := whole(t, src, connectors.Request{Table: "empty one", Columns: []string{"id"}, Parts: 2, BatchRows: 10}); len(got.rows) != 0 {
		t.Errorf("%d rows of an empty table", len(got.rows))
	}
	for _, wrong := range []connectors.Request{{Table: "nobody", Columns: []string{"id"}}, {Table: "people", Columns: []string{"gone"}},
		{Table: "people", Columns: []string{"id"}, Window: &connectors.Window{Column: "id", From: "1 OR 1=1"}}} {
		if _, err := src.Snapshot(t.Context(), wrong); fault.KindOf(err) != fault.Config {
			t.Errorf("%+v gave %v", wrong, err)
		}
	}
}

// whole reads all parts one after the other.
func whole(t *testing.T, src connectors.Source, req connectors.Request) (connectors.Snapshot, *texts) {
	t.Helper()
	snap, err := src.Snapshot(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	out := &texts{}
	for _, p := range snap.Parts() {
		if err := snap.Read(t.Context(), p, out); err != nil {
			t.Fatal(err)
		}
	}
	return snap, out
}
