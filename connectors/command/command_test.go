package command_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/command"
	"guiji/connectors/connectortest"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
)

// TestMain runs the program instead of the tests when the connector starts it.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "program" {
		os.Exit(runProgram(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// lab is the database behind the program.
type lab struct {
	path string
	db   *sql.DB
}

func newLab(t testing.TB) lab {
	t.Helper()
	l := lab{path: filepath.Join(t.TempDir(), "source.db")}
	var err error
	if l.db, err = sql.Open("sqlite", l.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.db.Close() })
	return l
}

func (l lab) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := l.db.Exec(query, args...); err != nil {
		t.Fatalf("%.200s: %v", query, err)
	}
}

func (l lab) settings(mode string) *command.Settings {
	s := command.DefaultSettings()
	s.Command = []string{os.Args[0], "program", l.path}
	s.Env = map[string]secret.Secret{"PASSWORD": "p'w", "MODE": secret.Secret(mode)}
	return s
}

func (l lab) open(t testing.TB, alloc memory.Allocator, s *command.Settings) connectors.Source {
	t.Helper()
	src, err := command.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	l := newLab(t)
	return connectortest.Harness{
		Connector: command.Connector(),
		Open:      func(t testing.TB, alloc memory.Allocator) connectors.Source { return l.open(t, alloc, l.settings("")) },
		Load:      l.load, Extremes: extremes(), Bad: l.bad, Running: l.running, Insert: l.insert,
		Cannot: connectortest.Inability{Places: true, Mortal: true, Wire: true, File: true},
	}
}

func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	var defs, keys []string
	for _, c := range table.Columns {
		typ := c.Type
		if typ == "" {
			typ = map[connectortest.Kind]string{connectortest.Text: "varchar(200)", connectortest.Integer: "bigint", connectortest.Long: "text"}[c.Kind]
		}
		defs = append(defs, ident(c.Name)+" "+ident(typ))
		if c.Key {
			keys = append(keys, ident(c.Name))
		}
	}
	if len(keys) > 0 {
		defs = append(defs, "PRIMARY KEY ("+strings.Join(keys, ", ")+")")
	}
	l.exec(t, "DROP TABLE IF EXISTS "+ident(table.Name))
	l.exec(t, "CREATE TABLE "+ident(table.Name)+" ("+strings.Join(defs, ", ")+")")
	for i, c := range table.Columns {
		if c.Index {
			l.exec(t, fmt.Sprintf("CREATE INDEX %s ON %s (%s)", ident(fmt.Sprintf("%s_%d", table.Name, i)), ident(table.Name), ident(c.Name)))
		}
	}
	l.insert(t, table.Name, table.Rows)
	return table.Name
}

func (l lab) insert(t testing.TB, table string, rows [][]connectortest.Value) {
	t.Helper()
	tx, err := l.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		args := make([]any, len(row))
		for i, v := range row {
			if v != nil {
				args[i] = *v
			}
		}
		if _, err := tx.Exec("INSERT INTO "+ident(table)+" VALUES ("+strings.TrimSuffix(strings.Repeat("?,", len(row)), ",")+")", args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// extremes are declared in SQLite by the name of the Arrow type the program shall write.
func extremes() []connectortest.Extreme {
	var out []connectortest.Extreme
	for _, x := range [][3]string{
		{"int64", "9223372036854775807", ""}, {"int64", "-9223372036854775808", ""}, {"blob u64", "18446744073709551615", ""},
		{"float64", "1.7976931348623157e+308", ""}, {"utf8", "𠮷\x00b", ""}, {"utf8", "", ""}, {"BLOB", "00ff10", ""},
		{"bool", "true", "1"}, {"date32", "1900-01-01", ""}, {"date32", "9999-12-31", ""},
		{"timestamp[us]", "1899-12-31 23:59:59.999999", ""}, {"timestamp[us]", "2026-11-22 00:00:00", ""},
		{"timestamp[ms, tz=UTC]", "2026-01-31T20:30:00.125Z", "2026-02-01 04:30:00.125"},
		{"blob decimal", "-99999999999999999999999999999999.999999", ""},
	} {
		want := x[2]
		if want == "" {
			want = x[1]
		}
		out = append(out, connectortest.Extreme{Type: x[0], Value: connectortest.V(x[1]), Want: connectortest.V(want)})
	}
	return out
}

func (l lab) bad(t testing.TB) connectortest.BadCase {
	t.Helper()
	l.exec(t, "DROP TABLE IF EXISTS bad")
	l.exec(t, `CREATE TABLE bad (id "bigint" PRIMARY KEY, n "bigint", name "varchar(200)")`)
	for i := range 100 {
		value := "'好'"
		if i%10 == 3 {
			value = "CAST(x'E59DFF' AS TEXT)"
		}
		l.exec(t, fmt.Sprintf("INSERT INTO bad SELECT %d, NULLIF(%d %% 2, 0), %s", i, i, value))
	}
	return connectortest.BadCase{Table: "bad", Columns: []string{"id", "n", "name"}, Good: 90, Bad: 10, Column: "name", Text: `\xE5\x9D\xFF`}
}

// running counts the programs that still run on this database.
func (l lab) running(t testing.TB) int {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range found {
		line, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(line), "\x00program\x00"+l.path+"\x00") {
			n++
		}
	}
	return n
}

// counted is a sink that counts.
type counted struct{ rows int64 }

func (c *counted) Batch(rec arrow.RecordBatch) error { c.rows += rec.NumRows(); return nil }
func (c *counted) Bad(lake.BadRow) error             { return nil }

func (l lab) numbers(t testing.TB, rows int) {
	t.Helper()
	l.exec(t, `CREATE TABLE n (id "bigint" PRIMARY KEY, v "varchar(200)")`)
	l.exec(t, "INSERT INTO n WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ?) SELECT n, 'v' FROM g", rows)
}

// What a program does wrong is an error of the right kind, and no row of it passes for whole.
func TestMisbehaviour(t *testing.T) {
	l := newLab(t)
	l.numbers(t, 500)
	for _, tt := range []struct {
		mode string
		want fault.Kind
	}{
		{"", -1}, {"cut", fault.Unreachable}, {"schema", fault.Changed}, {"chatter", fault.Data}, {"hang", fault.Unreachable},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			s := l.settings(tt.mode)
			s.Timeout = 5 * time.Second
			if tt.mode == "hang" {
				s.Timeout = 300 * time.Millisecond
			}
			src := l.open(t, memory.DefaultAllocator, s)
			snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "n", Columns: []string{"id", "v"}, BatchRows: 10})
			if err == nil {
				err = snap.Read(t.Context(), snap.Parts()[0], &counted{})
			}
			if tt.want < 0 && err != nil || tt.want >= 0 && (err == nil || fault.KindOf(err) != tt.want) {
				t.Errorf("kind %s: %v", fault.KindOf(err), err)
			}
			if n := l.running(t); n > 0 {
				t.Errorf("%d programs still run", n)
			}
		})
	}
}

// What a program says at its end is told, without the secrets it was given.
func TestRefusedAndMasked(t *testing.T) {
	l := newLab(t)
	s := l.settings("")
	s.Env["PASSWORD"] = "letmein-7391"
	_, err := l.open(t, memory.DefaultAllocator, s).Discover(t.Context())
	if fault.KindOf(err) != fault.Refused {
		t.Fatalf("kind %s: %v", fault.KindOf(err), err)
	}
	said := fmt.Sprint(err, errors.Unwrap(err))
	if !strings.Contains(said, "wrong password ***") || strings.Contains(said, "7391") {
		t.Error("the program's word is not there, or its secret is")
	}
}

func TestAbilities(t *testing.T) {
	l := newLab(t)
	l.numbers(t, 100)
	l.exec(t, `INSERT INTO n VALUES (NULL, 'no number')`)
	src := l.open(t, memory.DefaultAllocator, l.settings(""))
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "n", Columns: []string{"id", "v"}, Key: []string{"id"}, BatchRows: 10,
		Window: &connectors.Window{Column: "id", From: "91"}})
	if err != nil {
		t.Fatal(err)
	}
	at, err := snap.(connectors.Cursored).Cursor(t.Context(), "id")
	if err != nil || at.Max != "100" || at.Kind != connectors.CursorNumber || !at.Nulls {
		t.Errorf("%+v, %v", at, err)
	}
	rows, keys := &counted{}, &counted{}
	if err := snap.Read(t.Context(), snap.Parts()[0], rows); err != nil || rows.rows != 11 {
		t.Errorf("%d rows, %v", rows.rows, err)
	}
	if err := snap.(connectors.KeyReader).ReadKeys(t.Context(), keys); err != nil || keys.rows != 101 {
		t.Errorf("%d keys, %v", keys.rows, err)
	}
}

func TestNoProgram(t *testing.T) {
	s := command.DefaultSettings()
	s.Command = []string{"./nobody-wrote-this"}
	if _, err := command.Open(*s, connectors.Env{Dir: t.TempDir()}); fault.KindOf(err) != fault.Config {
		t.Errorf("%v", err)
	}
}
