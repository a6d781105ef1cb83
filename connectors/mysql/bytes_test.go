package mysql_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/mysql"
	"guiji/internal/fault"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// told is a sink that keeps texts and bad rows.
type told struct {
	rows [][]string
	bad  []lake.BadRow
}

func (s *told) Batch(rec arrow.RecordBatch) error {
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
	return nil
}

func (s *told) Bad(row lake.BadRow) error { s.bad = append(s.bad, row); return nil }

// GBK bytes in latin1 columns are read as what they are, on the wire and through the driver;
// other columns are not touched, and bytes that are no character go to quarantine.
func TestCharsetOfBytes(t *testing.T) {
	server := mariadb.Start(t)
	server.Exec(t, "CREATE DATABASE old",
		`CREATE TABLE old.t (id int PRIMARY KEY, a varchar(40) CHARACTER SET latin1, b text CHARACTER SET latin1, e enum('x') CHARACTER SET latin1, u varchar(40) CHARACTER SET utf8mb4)`)
	for i, raw := range []string{"\xB9\xE9\xBC\xAF", "ascii only", "", "\xFE\x59\xFE\x61\xA6\xD9", "\x95\x34\xB2\x35", "\xAA\xA1\xFD\xFE", "\x81\x5c\xB9\xE9\x5c", "\x81\x30\x81", "\xB9", "\xFF\xFF", "\x80"} {
		server.Exec(t, fmt.Sprintf("INSERT INTO old.t VALUES (%d, %s, %s, 'x', 'é归')", i, hexed(raw), hexed(raw+raw)))
	}
	server.Exec(t, "INSERT INTO old.t (id) VALUES (99)")
	want := []string{"归集", "ascii only", "", "\u9FB4\u9FB5\uFE10", "𠮷", "\uE000\uE467", "乗归\\"}
	for _, driver := range []bool{false, true} {
		s := mysql.DefaultSettings()
		s.Address, s.Database, s.User, s.CharsetOfBytes = server.Address, "old", "root", "gb18030"
		out := readOld(t, s, driver)
		if len(out.rows) != len(want)+1 || len(out.bad) != 4 {
			t.Fatalf("%d rows and %d bad ones, wanted %d and 4: %q", len(out.rows), len(out.bad), len(want)+1, out.rows)
		}
		for i, w := range want {
			if row := out.rows[i]; row[1] != w || row[2] != w+w || row[3] != "x" || row[4] != "é归" {
				t.Errorf("driver %v: row %d is %q, wanted %q", driver, i, out.rows[i], w)
			}
		}
		if last := out.rows[len(want)]; !slices.Equal(last[1:], []string{"NULL", "NULL", "NULL", "NULL"}) {
			t.Errorf("NULL became %q", last)
		}
		for _, b := range out.bad {
			if b.Column != "a" || b.Reason == "" {
				t.Errorf("a bad row of column %q, reason %q", b.Column, b.Reason)
			}
		}
		s.BytesColumns = []string{"T.b"}
		if out := readOld(t, s, driver); out.rows[0][1] != "¹é¼¯" || out.rows[0][2] != "归集归集" {
			t.Errorf("only b is of bytes, and the first row is %q", out.rows[0])
		}
		s.BytesColumns, s.CharsetOfBytes = nil, "gbk"
		if out := readOld(t, s, driver); out.rows[len(out.rows)-2][1] != "€" {
			t.Errorf("80 of GBK is %q", out.rows[len(out.rows)-2])
		}
	}
}

func readOld(t *testing.T, s *mysql.Settings, driver bool) *told {
	t.Helper()
	src, err := mysql.Connector().Open(t.Context(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if driver {
		mysql.ThroughDriver(src)
	}
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id", "a", "b", "e", "u"}, Key: []string{"id"}, Parts: 1, BatchRows: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	out := &told{}
	if err := snap.Read(t.Context(), snap.Parts()[0], out); err != nil {
		t.Fatal(err)
	}
	return out
}

func hexed(s string) string {
	if s == "" {
		return "''"
	}
	return fmt.Sprintf("0x%x", s)
}

func TestBytesSettings(t *testing.T) {
	for _, c := range []struct {
		charset string
		columns []string
		ok      bool
	}{
		{"gb18030", nil, true}, {"gbk", []string{"t.a", "t.*"}, true}, {"big5", nil, false}, {"gbk", []string{"a"}, false}, {"", []string{"t.a"}, false},
	} {
		s := mysql.DefaultSettings()
		s.Address, s.Database, s.User, s.CharsetOfBytes, s.BytesColumns = "x:1", "d", "u", c.charset, c.columns
		if err := s.Validate(); (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Config {
			t.Errorf("%+v gave %v", c, err)
		}
	}
}
