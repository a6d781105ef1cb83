package mysql_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/internal/fault"
	"guiji/lake"
)

// listing keeps the first column, as text.
type listing struct{ got []string }

func (s *listing) Bad(lake.BadRow) error { return nil }
func (s *listing) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		s.got = append(s.got, *connectortest.Cell(rec.Column(0), i))
	}
	return nil
}

// within lists the ids of a window, and the snapshot they came from.
func within(t *testing.T, src connectors.Source, table string, w *connectors.Window) []string {
	t.Helper()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: table, Columns: []string{"id"}, Key: []string{"id"}, Parts: 3, BatchRows: 500, Window: w})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	sink := &listing{}
	for _, p := range snap.Parts() {
		if err := snap.Read(context.Background(), p, sink); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(sink.got)
	return sink.got
}

func TestWindowsOfEveryKind(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.w (id int PRIMARY KEY, n bigint unsigned NULL, dec0 decimal(20,0) NULL, day date NULL, dt datetime(6) NULL, ts timestamp NULL, "+
		"must datetime NOT NULL, seen int(8) unsigned zerofill, KEY (n), KEY (dec0, id), KEY (dt, day), KEY (ts))",
		"SET time_zone='+08:00'; INSERT INTO d.w VALUES "+
			"(1, 1, -5, '2026-01-01', '2026-01-01 00:00:00.000001', '2026-01-01 00:00:00', '2026-01-01', 1),"+
			"(2, 18446744073709551614, 0, '2026-01-02', '2026-01-01 00:00:00.000002', '2026-01-01 00:00:01', '0000-00-00', 2),"+
			"(3, 18446744073709551615, 99999999999999999999, '2026-01-03', '2026-01-01 00:00:00.100000', '2026-01-01 00:00:02', '2026-01-03', 42),"+
			"(4, NULL, NULL, NULL, NULL, NULL, '2026-01-04', NULL), (5, 7, 7, '0000-00-00', '0000-00-00', '0000-00-00', '2026-01-02 10:00:00', 7)")
	src := l.open(t, memory.DefaultAllocator)
	for _, c := range []struct {
		column, from, to, want string
	}{
		{"n", "18446744073709551614", "", "2 3 4"}, {"n", "", "7", "1 4 5"}, {"n", "-1", "1", "1 4"}, {"n", "2", "1", "4"}, {"n", "", "", "1 2 3 4 5"},
		{"dec0", "-5", "0", "1 2 4"}, {"dec0", "99999999999999999999", "", "3 4"},
		{"day", "2026-01-02", "2026-01-03", "2 3 4 5"}, {"day", "2027-01-01", "", "4 5"},
		{"dt", "2026-01-01 00:00:00.000002", "2026-01-01 00:00:00.1", "2 3 4 5"}, {"dt", "", "2026-01-01 00:00:00.000001", "1 4 5"},
		{"ts", "2026-01-01 00:00:01", "2026-01-01 00:00:01", "2 4 5"}, {"must", "2026-01-03 00:00:00", "", "2 3 4"}, {"seen", "8", "", "3 4"},
	} {
		got := strings.Join(within(t, src, "w", &connectors.Window{Column: c.column, From: c.from, To: c.to}), " ")
		if got != c.want {
			t.Errorf("%s from %q to %q: rows %s, wanted %s", c.column, c.from, c.to, got, c.want)
		}
	}
}

func TestCursorsOfEveryKind(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.c (id int PRIMARY KEY, n bigint unsigned NULL, dec0 decimal(20,0) NOT NULL, day date NULL, dt datetime(6) NULL, ts timestamp NULL, "+
		"must datetime NOT NULL, seen int(8) unsigned zerofill, name varchar(20), x double, late date NULL, KEY (n), KEY (dt, day), KEY short (name(4)))")
	src := l.open(t, memory.DefaultAllocator)
	cursor := func(column string) (connectors.Cursor, error) {
		snap := snapshot(t, src, "c", 1, "id")
		defer snap.Close()
		return snap.(connectors.Cursored).Cursor(context.Background(), column)
	}
	if c, err := cursor("dt"); err != nil || c.Max != "" || c.Nulls || !c.Indexed {
		t.Errorf("of an empty table: %+v, %v", c, err)
	}
	l.Exec(t, "SET time_zone='+08:00'; INSERT INTO d.c VALUES (1, 18446744073709551615, -5, '2026-01-01', '2026-01-01 00:00:00.100', '2026-01-01 08:00:00', '2026-01-01', 42, 'a', 1, '2026-00-00'),"+
		"(2, NULL, -7, NULL, NULL, NULL, '0000-00-00', 7, 'a', 1, NULL)")
	for column, want := range map[string]connectors.Cursor{
		"n":    {Kind: connectors.CursorNumber, Max: "18446744073709551615", Nulls: true, Indexed: true},
		"dec0": {Kind: connectors.CursorNumber, Max: "-5"},
		"day":  {Kind: connectors.CursorDay, Max: "2026-01-01", Nulls: true},
		"dt":   {Kind: connectors.CursorTime, Max: "2026-01-01 00:00:00.1", Nulls: true, Indexed: true},
		"ts":   {Kind: connectors.CursorTime, Max: "2026-01-01 08:00:00", Nulls: true},
		"must": {Kind: connectors.CursorTime, Max: "2026-01-01 00:00:00", Nulls: true},
		"seen": {Kind: connectors.CursorNumber, Max: "42"},
		"late": {Kind: connectors.CursorDay, Max: "2025-12-31", Nulls: true},
		"id":   {Kind: connectors.CursorNumber, Max: "2", Indexed: true},
	} {
		got, err := cursor(column)
		if err != nil {
			t.Errorf("%s: %v", column, err)
			continue
		}
		if now := got.Now; want.Kind == connectors.CursorNumber && now != "" {
			t.Errorf("%s: the clock of a number is %q", column, now)
		} else if want.Kind != connectors.CursorNumber {
			form := map[connectors.CursorKind]string{connectors.CursorDay: "2006-01-02", connectors.CursorTime: "2006-01-02 15:04:05"}[want.Kind]
			zone, _ := time.LoadLocation("Asia/Shanghai")
			at, err := time.ParseInLocation(form, now, zone)
			if since := time.Since(at); err != nil || since < -time.Minute || since > 25*time.Hour {
				t.Errorf("%s: the server's clock shows %q", column, now)
			}
		}
		if got.Now = ""; got != want {
			t.Errorf("%s: %+v, wanted %+v", column, got, want)
		}
	}
	for _, column := range []string{"name", "x", "nowhere"} {
		if _, err := cursor(column); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), column) {
			t.Errorf("%s: %v", column, err)
		}
	}
}

// A bound comes from a release or a command line: nothing but a number or a time passes.
func TestBoundsOfWindowsAreStrict(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.b (id int PRIMARY KEY, day date, dt datetime, name varchar(20))")
	src := l.open(t, memory.DefaultAllocator)
	for column, bounds := range map[string][]string{
		"id":      {"1 OR 1=1", "1.5", "0x10", "1e3", " 1", "--1", "-", "NULL", "'1'", strings.Repeat("9", 66), "1\n"},
		"day":     {"2026-02-30", "2026-1-1", "2026-01-01 00:00:00", "0000-00-00", "2026-01-01' OR '1'='1", "20260101"},
		"dt":      {"2026-01-01", "2026-01-01T00:00:00", "2026-01-01 24:00:00", "2026-01-01 00:00:00'", "2026-01-01 00:00:00 "},
		"name":    {"a"},
		"nowhere": {"1"},
	} {
		for _, b := range bounds {
			for _, w := range []connectors.Window{{Column: column, From: b}, {Column: column, To: b}} {
				snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "b", Columns: []string{"id"}, Window: &w})
				if fault.KindOf(err) != fault.Config {
					t.Errorf("%s took %q: %v", column, b, err)
				}
				if err == nil {
					snap.Close()
				}
			}
		}
	}
}

// Keys are those of all rows, whatever the window, in the order of the declared key.
func TestKeysOfAllRows(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.k (a int, b varchar(10), n int, rest text, PRIMARY KEY (a, b))",
		"INSERT INTO d.k SELECT seq, CONCAT('k', seq), seq, REPEAT('x', 500) FROM d.seq_1_to_3000")
	src := l.open(t, memory.DefaultAllocator)
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "k", Columns: []string{"rest"}, Key: []string{"b", "a"}, Parts: 1, BatchRows: 700,
		Window: &connectors.Window{Column: "n", From: "2999"}})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	l.Exec(t, "DELETE FROM d.k WHERE a < 1000", "INSERT INTO d.k VALUES (9999, 'late', 1, '')")
	sink := &listing{}
	if err := snap.(connectors.KeyReader).ReadKeys(context.Background(), sink); err != nil {
		t.Fatal(err)
	}
	slices.Sort(sink.got)
	if len(slices.Compact(sink.got)) != 3000 || slices.Contains(sink.got, "late") {
		t.Errorf("%d keys of 3000 rows", len(sink.got))
	}
}
