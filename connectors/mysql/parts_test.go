package mysql_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/lake"
)

// numbers keeps the first column, which is an int.
type numbers struct{ got []int32 }

func (s *numbers) Bad(lake.BadRow) error { return nil }
func (s *numbers) Batch(rec arrow.RecordBatch) error {
	s.got = append(s.got, rec.Column(0).(*array.Int32).Int32Values()...)
	return nil
}

// shapes are tables of 20 000 rows, numbered in n in the order of their key, whose keys lie as
// production's do.
func shapes() map[string]string {
	const rows = " FROM d.seq_1_to_20000"
	return map[string]string{
		"one far below":      "(k bigint PRIMARY KEY, n int) SELECT IF(seq = 1, 1, 1000000000000000 + seq) k, seq n" + rows,
		"one far above":      "(k bigint PRIMARY KEY, n int) SELECT IF(seq = 20000, 1000000000000000, seq) k, seq n" + rows,
		"two clusters":       "(k bigint PRIMARY KEY, n int) SELECT CAST(seq AS SIGNED) + IF(seq > 15000, 4000000000000000000, -4000000000000000000) k, seq n" + rows,
		"quadratic":          "(k bigint PRIMARY KEY, n int) SELECT seq * seq * seq k, seq n" + rows,
		"unsigned ends":      "(k bigint unsigned PRIMARY KEY, n int) SELECT IF(seq = 1, 0, 18446744073709531615 + seq) k, seq n" + rows,
		"decimal":            "(k decimal(30,2) PRIMARY KEY, n int) SELECT seq * seq * 10000000000 / 3 - 5 k, seq n" + rows,
		"day":                "(k date PRIMARY KEY, n int) SELECT DATE '1960-01-01' + INTERVAL seq DAY k, seq n" + rows,
		"time":               "(k timestamp(6) PRIMARY KEY, n int) SELECT TIMESTAMP '2026-03-01 00:00:00' + INTERVAL seq * seq MICROSECOND k, seq n" + rows,
		"number as text":     "(k varchar(30) COLLATE utf8mb4_general_ci PRIMARY KEY, n int) SELECT CONCAT('371502', LPAD(seq * 7, 12, '0')) k, seq n" + rows,
		"text of any case":   "(k varchar(40) COLLATE utf8mb4_unicode_ci PRIMARY KEY, n int) SELECT IF(seq % 2, LOWER(k), k) k, ROW_NUMBER() OVER (ORDER BY k COLLATE utf8mb4_unicode_ci) n FROM (SELECT seq, UPPER(MD5(seq)) k" + rows + ") x",
		"text by bytes":      "(k varchar(40) COLLATE utf8mb4_bin PRIMARY KEY, n int) SELECT k, ROW_NUMBER() OVER (ORDER BY k COLLATE utf8mb4_bin) n FROM (SELECT TO_BASE64(UNHEX(MD5(seq))) COLLATE utf8mb4_bin k" + rows + ") x",
		"text in gbk":        "(k varchar(40) CHARACTER SET gbk PRIMARY KEY, n int) SELECT k, seq n FROM (SELECT seq, CONCAT('鲁P', LPAD(seq, 8, '0')) k" + rows + ") x",
		"letters beyond":     "(k varchar(40) COLLATE utf8mb4_unicode_ci PRIMARY KEY, n int) SELECT CONVERT(CHAR(0x4E00 + seq USING ucs2) USING utf8mb4) k, seq n" + rows,
		"spaces and case":    "(k varchar(40) COLLATE utf8mb4_general_nopad_ci PRIMARY KEY, n int) SELECT CONCAT('Ab', LPAD(seq DIV 2, 6, '0'), REPEAT(' ', seq % 2)) k, seq - 1 + 1 n" + rows,
		"binary":             "(k binary(16) PRIMARY KEY, n int) SELECT k, ROW_NUMBER() OVER (ORDER BY k) n FROM (SELECT UNHEX(MD5(seq)) k" + rows + ") x",
		"few and many":       "(a char(6), k int, n int, PRIMARY KEY (a, k)) SELECT ELT(1 + (seq > 18000), '371502', '371503') a, seq k, seq n" + rows,
		"one and many":       "(a int, b tinyint, k int, n int, PRIMARY KEY (a, b, k)) SELECT 7 a, 1 b, seq * 3 k, seq n" + rows,
		"unique, no primary": "(k varchar(20) NOT NULL, n int, UNIQUE KEY u (k)) SELECT LPAD(seq, 12, '0') k, seq n" + rows,
	}
}

// Parts cover every row once, follow each other in the order of the key, and hold about as many
// rows each, however the keys lie; and planning them reads no ranges.
func TestPartsAreEvenInRows(t *testing.T) {
	l := start(t)
	src := l.open(t, memory.DefaultAllocator)
	for name, definition := range shapes() {
		t.Run(name, func(t *testing.T) {
			l.Exec(t, "DROP TABLE IF EXISTS d.p", "SET NAMES utf8mb4; CREATE TABLE d.p "+definition)
			before := l.entriesRead(t)
			snap := snapshot(t, src, "p", 4, "n")
			defer snap.Close()
			if read := l.entriesRead(t) - before; read > 500 {
				t.Errorf("planning read %d entries of the index", read)
			}
			sizes, all := l.parts(t, snap)
			if len(all) != 20_000 {
				t.Fatalf("%d rows in parts of %v", len(all), sizes)
			}
			for i, n := range all {
				if n != int32(i+1) {
					t.Fatalf("row %d of the parts is the table's %d", i+1, n)
				}
			}
			if len(sizes) != 4 || slices.Max(sizes) > 7_500 || slices.Min(sizes) < 2_500 {
				t.Errorf("parts of %v rows", sizes)
			}
		})
	}
}

// parts reads them in turn and tells how large each was.
func (l lab) parts(t *testing.T, snap connectors.Snapshot) (sizes []int, all []int32) {
	t.Helper()
	for _, p := range snap.Parts() {
		sink := &numbers{}
		if err := snap.Read(context.Background(), p, sink); err != nil {
			t.Fatal(err)
		}
		sizes, all = append(sizes, len(sink.got)), append(all, sink.got...)
	}
	return sizes, all
}

// entriesRead counts what the server has read of indexes, one entry after another or by key.
func (l lab) entriesRead(t testing.TB) int {
	t.Helper()
	var n int
	if err := l.DB().QueryRow("SELECT CAST(SUM(VARIABLE_VALUE) AS UNSIGNED) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN " +
		"('HANDLER_READ_FIRST', 'HANDLER_READ_KEY', 'HANDLER_READ_LAST', 'HANDLER_READ_NEXT', 'HANDLER_READ_PREV')").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Keys that equal each other to the server, though not byte by byte, are in one part; and
// tables without a usable key are one.
func TestPartsOfOddTables(t *testing.T) {
	l := start(t)
	src := l.open(t, memory.DefaultAllocator)
	for name, c := range map[string]struct {
		definition string
		parts      int
	}{
		"no key":            {"(n int)", 1},
		"unique with NULLs": {"(n int, UNIQUE KEY (n))", 1},
		"prefix":            {"(k varchar(200) DEFAULT (UUID()), n int, PRIMARY KEY (k(20)))", 1},
		"float":             {"(k double DEFAULT RAND(), n int, PRIMARY KEY (k, n))", 1},
		"enum":              {"(k enum('b','a') DEFAULT 'a', n int, PRIMARY KEY (k, n))", 1},
		"MyISAM":            {"(n int PRIMARY KEY) ENGINE=MyISAM", 1},
		"same first value":  {"(k varchar(20) COLLATE utf8mb4_general_ci DEFAULT IF(RAND() < 0.5, 'É ', 'e'), n int, PRIMARY KEY (k, n))", 4},
	} {
		t.Run(name, func(t *testing.T) {
			l.Exec(t, "DROP TABLE IF EXISTS d.odd", "SET NAMES utf8mb4; CREATE TABLE d.odd "+c.definition, "INSERT INTO d.odd (n) SELECT seq FROM d.seq_1_to_8000")
			snap := snapshot(t, src, "odd", 4, "n")
			defer snap.Close()
			sizes, all := l.parts(t, snap)
			slices.Sort(all)
			if len(sizes) != c.parts || len(all) != 8_000 || len(slices.Compact(all)) != 8_000 {
				t.Errorf("%d rows in parts of %v", len(all), sizes)
			}
		})
	}
}

// A narrow window is read along the cursor's index, in parts of its own, and its rows are what
// the server reads; a wide one along the key.
func TestPartsOfAWindow(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.win (id int PRIMARY KEY, at datetime(6) NULL, x int, KEY (at)) SELECT 20001 - seq id, "+
		"IF(seq % 1000 = 0, NULL, TIMESTAMP '2026-01-01 00:00:00' + INTERVAL seq DIV 3 SECOND) at, seq x FROM d.seq_1_to_20000")
	src := l.open(t, memory.DefaultAllocator)
	for name, c := range map[string]struct {
		w        connectors.Window
		rows     int
		parts    int
		examined int
	}{
		// 1200 seconds of three rows, less two without a cursor; and all twenty of those.
		"narrow": {connectors.Window{Column: "at", From: "2026-01-01 01:00:00", To: "2026-01-01 01:19:59"}, 3_600 - 4 + 20, 3, 4_400},
		"wide":   {connectors.Window{Column: "at", From: "2026-01-01 00:00:01"}, 20_000 - 2, 3, 21_000},
		"empty":  {connectors.Window{Column: "at", From: "2027-01-01 00:00:00"}, 20, 1, 400},
		"all":    {connectors.Window{Column: "at"}, 20_000, 3, 21_000},
	} {
		t.Run(name, func(t *testing.T) {
			before := l.entriesRead(t)
			snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "win", Columns: []string{"id"}, Parts: 3, BatchRows: 500, Window: &c.w})
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			sizes, all := l.parts(t, snap)
			slices.Sort(all)
			if len(all) != c.rows || len(slices.Compact(all)) != c.rows || len(sizes) != c.parts {
				t.Errorf("%d rows in parts of %v, wanted %d in %d", len(all), sizes, c.rows, c.parts)
			}
			if read := l.entriesRead(t) - before; read > c.examined {
				t.Errorf("%d entries were read for %d rows", read, c.rows)
			}
		})
	}
}

// A part may come from another process: a spec that is not of this table's index, or holds
// anything but values, is refused before it is SQL.
func TestPartsAreReadStrictly(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.s (a int, b varchar(20), day date NOT NULL, PRIMARY KEY (a, b), UNIQUE KEY days (day))")
	snap := snapshot(t, l.open(t, memory.DefaultAllocator), "s", 2, "a")
	for _, spec := range []string{
		`{"index":"PRIMARY","from":["1 OR 1=1"]}`, `{"index":"PRIMARY","to":["1","61'"]}`, `{"index":"PRIMARY","to":["1","6"]}`, `{"index":"PRIMARY","to":["1","6g"]}`,
		`{"index":"PRIMARY","from":["1","61","2026-01-01"]}`, `{"index":"days","from":["2026-02-30"]}`, `{"index":"days","from":["2026-01-01' OR '1"]}`,
		`{"index":"nothing"}`, "{\"index\":\"PRIMARY` x\"}", `{"from":["1"]}`, `[]`, `{"index":`,
	} {
		err := snap.Read(context.Background(), connectors.Part{ID: "p0000", Spec: []byte(spec)}, &tally{})
		if err == nil || !strings.Contains(err.Error(), "p0000") {
			t.Errorf("%s was read: %v", spec, err)
		}
	}
	good := `{"index":"PRIMARY","from":["-5","61"],"to":["7"]}`
	if err := snap.Read(context.Background(), connectors.Part{ID: "p0000", Spec: []byte(good)}, &tally{}); err != nil {
		t.Error(err)
	}
}

// A server that gives no estimates is divided evenly in the values of the key, completely.
func TestPartsWithoutEstimates(t *testing.T) {
	l := start(t)
	src := l.open(t, memory.DefaultAllocator)
	mysql.InTheDark(src)
	for _, name := range []string{"quadratic", "text of any case", "few and many", "two clusters"} {
		t.Run(name, func(t *testing.T) {
			l.Exec(t, "DROP TABLE IF EXISTS d.p", "SET NAMES utf8mb4; CREATE TABLE d.p "+shapes()[name])
			snap := snapshot(t, src, "p", 4, "n")
			defer snap.Close()
			sizes, all := l.parts(t, snap)
			if !slices.IsSorted(all) || len(slices.Compact(all)) != 20_000 || len(sizes) < 2 {
				t.Errorf("%d rows in parts of %v", len(all), sizes)
			}
		})
	}
}
