package postgres_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/lake"
)

// onePerType leaves the suite, which makes a table for each, one value of a type;
// TestEveryValue reads them all.
func onePerType(all []connectortest.Extreme) []connectortest.Extreme {
	seen := map[string]bool{}
	var out []connectortest.Extreme
	for _, x := range all {
		if !seen[x.Type] {
			out = append(out, x)
		}
		seen[x.Type] = true
	}
	return out
}

// cells is a sink that keeps the second column's values, as text.
type cells struct {
	got []connectortest.Value
	bad []lake.BadRow
}

func (c *cells) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		c.got = append(c.got, connectortest.Cell(rec.Column(1), i))
	}
	return nil
}

func (c *cells) Bad(row lake.BadRow) error {
	c.bad = append(c.bad, row)
	return nil
}

// read reads two columns of a table in order.
func read(t testing.TB, src connectors.Source, req connectors.Request) *cells {
	t.Helper()
	if req.Columns == nil {
		req.Columns = []string{"id", "v"}
	}
	snap, err := src.Snapshot(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	out := &cells{}
	for _, p := range snap.Parts() {
		if err := snap.Read(t.Context(), p, out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Every extreme of every type, in one table a type, read in small batches.
func TestEveryValue(t *testing.T) {
	l := start(t)
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	src := l.open(t, alloc)
	byType := map[string][]connectortest.Extreme{}
	for _, x := range extremes() {
		byType[x.Type] = append(byType[x.Type], x)
	}
	for typ, all := range byType {
		var data [][]connectortest.Value
		for i, x := range all {
			data = append(data, []connectortest.Value{connectortest.V(fmt.Sprint(i)), x.Value})
		}
		l.load(t, connectortest.Table{Name: "v", Columns: []connectortest.Column{{Name: "id", Kind: connectortest.Integer, Key: true}, {Name: "v", Type: typ}}, Rows: data})
		out := read(t, src, connectors.Request{Table: "v", BatchRows: 3})
		if len(out.got) != len(all) || len(out.bad) > 0 {
			t.Fatalf("%s: %d of %d values, %d bad", typ, len(out.got), len(all), len(out.bad))
		}
		for i, x := range all {
			if got := out.got[i]; (got == nil) != (x.Want == nil) || got != nil && *got != *x.Want {
				t.Errorf("%s: got %v, wanted %v", typ, shown(got), shown(x.Want))
			}
		}
	}
}

func shown(v connectortest.Value) string {
	if v == nil {
		return "NULL"
	}
	return *v
}

// What the catalogue calls a domain, an enum or a composite type, and views, partitioned and
// inherited tables.
func TestOwnTypesAndKinds(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE DOMAIN amount AS numeric(12,2) NOT NULL", "CREATE DOMAIN big AS amount", "CREATE TYPE sex AS ENUM ('男', '女')", "CREATE TYPE pair AS (a int, b text)",
		"CREATE TABLE own (id int PRIMARY KEY, a amount, b big, c sex, d pair)", "INSERT INTO own VALUES (1, 1.5, 2.5, '女', ROW(1, 'x y'))",
		"CREATE VIEW seen AS SELECT id, c AS v FROM own", "CREATE TABLE parted (id int, v int) PARTITION BY RANGE (id)",
		"CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (5)", "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (5) TO (10)",
		"INSERT INTO parted SELECT i, i FROM generate_series(0, 9) i", "CREATE MATERIALIZED VIEW kept AS SELECT id, a AS v FROM own")
	src := l.open(t, memory.DefaultAllocator)
	for column, want := range map[string]string{"a": "1.50 decimal(12, 2)", "b": "2.50 utf8", "c": "女 utf8", "d": `(1,"x y") utf8`} {
		found, err := src.Discover(t.Context(), "own")
		if err != nil {
			t.Fatal(err)
		}
		typ := ""
		for _, c := range found[0].Columns {
			if c.Name == column {
				typ = c.Type.String()
			}
		}
		out := read(t, src, connectors.Request{Table: "own", Columns: []string{"id", column}})
		if got := shown(out.got[0]) + " " + typ; got != want {
			t.Errorf("%s: %s, wanted %s", column, got, want)
		}
	}
	for table, want := range map[string]int{"seen": 1, "parted": 10, "parted_2": 5, "kept": 1} {
		if out := read(t, src, connectors.Request{Table: table, Parts: 4}); len(out.got) != want {
			t.Errorf("%s: %d rows, wanted %d", table, len(out.got), want)
		}
	}
}
