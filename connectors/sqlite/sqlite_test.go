package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // to make files with

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/sqlite"
	"guiji/internal/fault"
)

// lab is a database file, written through database/sql as a department's program would.
type lab struct {
	path    string
	db      *sql.DB
	inPlace bool
}

func newLab(t testing.TB) lab {
	t.Helper()
	l := lab{path: filepath.Join(t.TempDir(), "archive 档案.db")}
	var err error
	if l.db, err = sql.Open("sqlite", l.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.db.Close() })
	l.exec(t, "CREATE TABLE _first (a)")
	return l
}

func (l lab) exec(t testing.TB, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := l.db.Exec(q); err != nil {
			t.Fatalf("%.200s: %v", q, err)
		}
	}
}

func (l lab) tryOpen(_ testing.TB, alloc memory.Allocator) (connectors.Source, error) {
	s := sqlite.DefaultSettings()
	s.Path, s.InPlace, s.Wait = l.path, l.inPlace, time.Second
	return sqlite.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: filepath.Dir(l.path)})
}

func (l lab) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := l.tryOpen(t, alloc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestConformance(t *testing.T) {
	for _, inPlace := range []bool{false, true} {
		t.Run(fmt.Sprintf("in place %v", inPlace), func(t *testing.T) {
			connectortest.Run(t, harness(t, inPlace))
		})
	}
}

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b, false)) }

func harness(t testing.TB, inPlace bool) connectortest.Harness {
	l := newLab(t)
	l.inPlace = inPlace
	if inPlace { // the mode in which its program can go on writing
		l.exec(t, "PRAGMA journal_mode = wal")
	}
	return connectortest.Harness{
		Connector: sqlite.Connector(), Open: l.open, Load: l.load, Insert: l.insert, Extremes: extremes(), Bad: l.bad,
		File: &connectortest.File{
			Path: func(t testing.TB, _ string) string {
				l.exec(t, "DROP TABLE IF EXISTS long", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)") // the rest is small
				return l.path
			},
			Open: l.tryOpen,
		},
		Cannot: connectortest.Inability{Parts: true, Identity: inPlace, Places: true, Remote: true, Mortal: true, Wire: true},
	}
}

// load makes a table.
func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	var defs, keys []string
	for _, c := range table.Columns {
		typ := c.Type
		if typ == "" {
			typ = map[connectortest.Kind]string{connectortest.Text: "varchar(200)", connectortest.Integer: "INTEGER", connectortest.Long: "text"}[c.Kind]
		}
		if c.Key {
			keys = append(keys, ident(c.Name))
		}
		defs = append(defs, ident(c.Name)+" "+typ)
	}
	if len(keys) > 0 {
		defs = append(defs, "PRIMARY KEY ("+strings.Join(keys, ", ")+")")
	}
	l.exec(t, "DROP TABLE IF EXISTS "+ident(table.Name), "CREATE TABLE "+ident(table.Name)+" ("+strings.Join(defs, ", ")+")")
	for i, c := range table.Columns {
		if c.Index {
			l.exec(t, fmt.Sprintf("CREATE INDEX %s ON %s (%s)", ident(fmt.Sprintf("%s_%d", table.Name, i)), ident(table.Name), ident(c.Name)))
		}
	}
	bytes := make([]bool, len(table.Columns))
	for i, c := range table.Columns {
		bytes[i] = c.Type == "BLOB"
	}
	l.write(t, table.Name, table.Rows, bytes)
	return table.Name
}

func (l lab) insert(t testing.TB, table string, rows [][]connectortest.Value) {
	l.write(t, table, rows, make([]bool, len(rows[0])))
}

// write inserts rows; the values of columns of bytes are hex.
func (l lab) write(t testing.TB, table string, rows [][]connectortest.Value, bytes []bool) {
	t.Helper()
	tx, err := l.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert := "INSERT INTO " + ident(table) + " VALUES (" + strings.TrimSuffix(strings.Repeat("?,", len(bytes)), ",") + ")"
	for _, row := range rows {
		args := make([]any, len(row))
		for i, v := range row {
			switch {
			case v == nil:
			case bytes[i]:
				if args[i], err = hex.DecodeString(*v); err != nil {
					t.Fatal(err)
				}
			default:
				args[i] = *v
			}
		}
		if _, err := tx.Exec(insert, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func extremes() []connectortest.Extreme {
	same := func(typ, arrow string, values ...string) []connectortest.Extreme {
		var out []connectortest.Extreme
		for _, v := range values {
			out = append(out, connectortest.Extreme{Type: typ, Arrow: arrow, Value: connectortest.V(v), Want: connectortest.V(v)})
		}
		return out
	}
	var out []connectortest.Extreme
	out = append(out, same("INTEGER", "utf8", "9223372036854775807", "-9223372036854775808", "0", "不是数")...)
	out = append(out, same("text", "utf8", "", " ", "𠮷😀", "a\x00b", strings.Repeat("长", 10_000))...)
	out = append(out, same("DATE", "utf8", "2026-01-31", "0000-00-00", "31.12.1999", "9999-12-31")...)
	out = append(out, same("DATETIME", "utf8", "2026-01-31 08:00:00", "2026-01-31T08:00:00Z", "2026-01-31 08:00:00.123456")...)
	out = append(out, same("TIMESTAMP", "utf8", "1769846400", "2026-01-31 08:00:00+08:00")...)
	out = append(out, same("BOOLEAN", "utf8", "1", "0", "true")...)
	out = append(out, same("NUMERIC(30,10)", "utf8", "0.1", "1.5", "123456789012.25", "12345678901234567890123456789x")...)
	out = append(out, same("DOUBLE", "utf8", "0.1", "1e+300", "2.2250738585072014e-308")...)
	out = append(out, same("BLOB", "binary", "", "00ff", "e7ab8b00")...)
	return out
}

// bad holds what no text can: bytes in a column of texts.
func (l lab) bad(t testing.TB) connectortest.BadCase {
	t.Helper()
	l.exec(t, "DROP TABLE IF EXISTS bad", "CREATE TABLE bad (id INTEGER PRIMARY KEY, n int, name varchar(50))")
	for i := range 100 {
		value := "'好'"
		if i%10 == 3 {
			value = "CAST(x'E59DFF' AS TEXT)"
		}
		l.exec(t, fmt.Sprintf("INSERT INTO bad SELECT %d, NULLIF(%d %% 2, 0), %s", i, i, value))
	}
	return connectortest.BadCase{Table: "bad", Columns: []string{"id", "n", "name"}, Good: 90, Bad: 10, Column: "name", Text: `\xE5\x9D\xFF`}
}

// What a program writes while a table is read is not seen, and it is not kept from writing.
func TestWritersGoOn(t *testing.T) {
	l := newLab(t)
	l.exec(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 5000) SELECT n, 'old' FROM g")
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id", "v"}, BatchRows: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	l.exec(t, "UPDATE t SET v = 'new'", "DELETE FROM t WHERE id > 100")
	got := &tally{}
	if err := snap.Read(t.Context(), snap.Parts()[0], got); err != nil {
		t.Fatal(err)
	}
	if got.rows != 5000 || got.texts["old"] != 5000 {
		t.Errorf("%d rows, %v", got.rows, got.texts)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(l.path), "guiji-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestCursors(t *testing.T) {
	l := newLab(t)
	l.exec(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, n, d DATE, at DATETIME, mixed, none)", "CREATE INDEX byat ON t (at, n)",
		`INSERT INTO t VALUES (1, 5, '2026-01-01', '2026-01-01 10:00:00', 1, NULL), (2, 7, '2026-01-02', '2026-01-01 10:00:00.5', '2026-01-01', NULL),
		(3, NULL, NULL, NULL, NULL, NULL), (4, 9, '2026-01-03', '2026-01-01 10:00:01', 3, NULL)`)
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	at := func(column string) (connectors.Cursor, error) {
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id"}})
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		return snap.(connectors.Cursored).Cursor(t.Context(), column)
	}
	for column, want := range map[string]connectors.Cursor{
		"n":    {Kind: connectors.CursorNumber, Max: "9", Nulls: true},
		"d":    {Kind: connectors.CursorDay, Max: "2026-01-03", Nulls: true},
		"at":   {Kind: connectors.CursorTime, Max: "2026-01-01 10:00:01.000000", Nulls: true, Indexed: true},
		"id":   {Kind: connectors.CursorNumber, Max: "4", Indexed: true},
		"none": {Kind: connectors.CursorNumber, Nulls: true},
	} {
		got, err := at(column)
		if err != nil {
			t.Fatal(err)
		}
		got.Now = ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", column, d)
		}
	}
	for _, column := range []string{"mixed", "nobody"} {
		if _, err := at(column); fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", column, err)
		}
	}
	for _, tt := range []struct {
		column, from, to string
		want             int64 // rows, the one without a value included
	}{
		{"n", "5", "7", 3}, {"n", "6", "", 3}, {"n", "", "", 4}, {"d", "2026-01-02", "2026-01-02", 2},
		{"at", "2026-01-01 10:00:00", "2026-01-01 10:00:00", 2}, {"at", "2026-01-01 10:00:00.000001", "2026-01-01 10:00:00.5", 2},
		{"at", "2026-01-01 10:00:00.500001", "", 2}, {"at", "2030-01-01 00:00:00", "", 1},
	} {
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id"}, BatchRows: 10,
			Window: &connectors.Window{Column: tt.column, From: tt.from, To: tt.to}})
		if err != nil {
			t.Fatal(err)
		}
		got := &tally{}
		if err := snap.Read(t.Context(), snap.Parts()[0], got); err != nil || got.rows != tt.want {
			t.Errorf("%+v: %d rows, %v", tt, got.rows, err)
		}
		snap.Close()
	}
	for _, bound := range []string{"1 OR 1=1", "' OR ''='", "x"} {
		_, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id"}, Window: &connectors.Window{Column: "n", From: bound}})
		if fault.KindOf(err) != fault.Config {
			t.Errorf("bound %q: %v", bound, err)
		}
	}
}

func TestIdentity(t *testing.T) {
	l := newLab(t)
	l.exec(t, "CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	identity := func() string {
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id"}})
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		return snap.(connectors.Identified).Identity()
	}
	first := identity()
	if first == "" || identity() != first {
		t.Errorf("%q, then another", first)
	}
	l.exec(t, "UPDATE t SET id = 2")
	if identity() == first {
		t.Error("a changed file has the same identity")
	}
	l.exec(t, "PRAGMA journal_mode = wal", "UPDATE t SET id = 3")
	if got := identity(); got != "" {
		t.Errorf("a file in WAL mode has the identity %q", got)
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	l := newLab(t)
	l.exec(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 5000) SELECT n, hex(randomblob(200)) FROM g")
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       fault.Kind
	}{
		{"none", filepath.Join(dir, "none.db"), fault.Config}, {"folder", dir, fault.Config},
		{"text", write("text.db", strings.Repeat("this is no database", 100)), fault.Data},
		{"torn", write("torn.db", string(whole[:len(whole)/2])), fault.Data},
	} {
		s := sqlite.DefaultSettings()
		s.Path = tt.path
		src, err := sqlite.Connector().Open(t.Context(), s, connectors.Env{Alloc: memory.DefaultAllocator})
		if err == nil {
			var snap connectors.Snapshot
			if snap, err = src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id", "v"}, BatchRows: 1000}); err == nil {
				err = snap.Read(t.Context(), snap.Parts()[0], &tally{})
				snap.Close()
			}
		}
		if fault.KindOf(err) != tt.want || err == nil {
			t.Errorf("%s: kind %s, %v", tt.name, fault.KindOf(err), err)
		}
	}
}

// A writer that holds the file for longer than wait is told of, and no fault of ours.
func TestBusy(t *testing.T) {
	l := newLab(t)
	l.exec(t, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	c, err := l.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	if _, err := c.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	_, err = src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id"}})
	if fault.KindOf(err) != fault.Unreachable {
		t.Errorf("kind %s: %v", fault.KindOf(err), err)
	}
	if _, err := c.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}

func TestDoctor(t *testing.T) {
	l := newLab(t)
	l.inPlace = true
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	found, err := src.(connectors.Doctor).Doctor(t.Context())
	if err != nil || len(found) != 2 || !found[0].Warning || !found[1].OK {
		t.Errorf("%+v, %v", found, err)
	}
}
