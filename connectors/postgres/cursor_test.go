package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Windows over every kind of cursor: the ends belong to them, and so do rows that have no
// place in any calendar.
func TestCursors(t *testing.T) {
	l := start(t)
	src := l.open(t, memory.DefaultAllocator)
	for _, c := range []struct {
		typ, values, from, to, want, max string
		kind                             connectors.CursorKind
	}{
		{"int", "1 2 3 4", "2", "3", "2 3", "4", connectors.CursorNumber},
		{"numeric(30,0)", "1 2 99999999999999999999 NaN", "2", "", "2 3 4", "99999999999999999999", connectors.CursorNumber},
		{"date", "2026-01-01 2026-01-02 infinity 0044-03-15_BC", "2026-01-02", "", "2 3 4", "2026-01-02", connectors.CursorDay},
		{"timestamp", "2026-01-01 2026-01-02_03:04:05.5 infinity -infinity", "2026-01-02 03:04:05.5", "2026-01-02 03:04:05.5", "2 3 4", "2026-01-02 03:04:05.5", connectors.CursorTime},
		{"timestamptz", "2026-01-01_00:00:00+08 2026-01-01_01:00:00+08 2025-12-31_17:00:00+00 infinity", "2026-01-01 01:00:00", "", "2 3 4", "2026-01-01 01:00:00", connectors.CursorTime},
	} {
		l.Exec(t, "DROP TABLE IF EXISTS v", "CREATE TABLE v (id int, v text, c "+c.typ+")", "CREATE INDEX ON v (c)")
		for i, v := range strings.Fields(c.values) {
			l.Exec(t, "INSERT INTO v VALUES ("+string(rune('1'+i))+", '"+string(rune('1'+i))+"', '"+strings.ReplaceAll(v, "_", " ")+"')")
		}
		req := connectors.Request{Table: "v", Window: &connectors.Window{Column: "c", From: c.from, To: c.to}}
		var got []string
		for _, v := range read(t, src, req).got {
			got = append(got, *v)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s from %q to %q: %s, wanted %s", c.typ, c.from, c.to, got, c.want)
		}
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "v", Columns: []string{"id"}})
		if err != nil {
			t.Fatal(err)
		}
		cursor, err := snap.(connectors.Cursored).Cursor(t.Context(), "c")
		if err != nil || cursor.Kind != c.kind || cursor.Max != c.max || !cursor.Indexed || cursor.Nulls != (c.typ != "int") || (cursor.Now == "") != (c.kind == connectors.CursorNumber) {
			t.Errorf("%s: %+v, %v", c.typ, cursor, err)
		}
		snap.Close()
		for _, bad := range []string{"x", "1); DROP TABLE v; --", "infinity", "2026-13-01", "0x10"} {
			req.Columns, req.Window = []string{"id"}, &connectors.Window{Column: "c", From: bad}
			if s, err := src.Snapshot(t.Context(), req); fault.KindOf(err) != fault.Config {
				t.Errorf("%s from %q: %v", c.typ, bad, err)
				if err == nil {
					s.Close()
				}
			}
		}
	}
}

// An empty table, and one whose cursors are all NULL, have no largest one.
func TestCursorOfNothing(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE v (id int, c timestamp)")
	src := l.open(t, memory.DefaultAllocator)
	for _, nulls := range []bool{false, true} {
		if nulls {
			l.Exec(t, "INSERT INTO v VALUES (1, NULL)")
		}
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "v", Columns: []string{"id"}})
		if err != nil {
			t.Fatal(err)
		}
		c, err := snap.(connectors.Cursored).Cursor(t.Context(), "c")
		if err != nil || c.Max != "" || c.Nulls != nulls || c.Indexed {
			t.Errorf("%+v, %v", c, err)
		}
		snap.Close()
	}
}
