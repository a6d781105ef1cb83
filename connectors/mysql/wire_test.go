package mysql_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/mysql"
	"guiji/lake"
)

// A new version of the driver may agree on more with the server than wire.go knows. Then the
// driver reads all rows, rightly but slowly, and nobody would notice.
func TestRowsComePastTheDriver(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.fill(t, 10, "")
		if got := mysql.OffTheWire(snapshot(t, l.open(t, memory.DefaultAllocator), "t", 1, "id")); got == l.driver {
			t.Errorf("past the driver: %v", got)
		}
	})
}

// cells keeps all it is given, as text.
type cells struct {
	rows []string
	bad  []lake.BadRow
}

func (s *cells) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		var row []string
		for _, c := range rec.Columns() {
			cell := "NULL"
			if v := connectortest.Cell(c, i); v != nil {
				cell = "=" + *v
			}
			row = append(row, cell)
		}
		s.rows = append(s.rows, strings.Join(row, " "))
	}
	return nil
}

func (s *cells) Bad(row lake.BadRow) error {
	s.bad = append(s.bad, row)
	return nil
}

// What is read, and what quarantine says of the rest, does not depend on who reads.
func TestBothWaysTellTheSame(t *testing.T) {
	l := start(t)
	l.Exec(t, `CREATE TABLE d.same (a int(8) unsigned zerofill, b bigint unsigned, c double, f float, d decimal(10,2), e varchar(50), g bit(9), PRIMARY KEY (a, b, c))`)
	for i := range 50 {
		l.Exec(t, fmt.Sprintf(`INSERT INTO d.same VALUES (%d, 18446744073709551615 - %[1]d, %[1]d * 1e20 / 7, %[1]d / 3, NULLIF(%[1]d, 7) / 3, IF(%[1]d %% 5 = 2, CAST(x'EDA080' AS CHAR), 'x'), %[1]d * 10)`, i))
	}
	var seen []*cells
	bothWays(t, l, func(t *testing.T, l lab) {
		out := &cells{}
		snap, err := l.open(t, memory.DefaultAllocator).Snapshot(context.Background(),
			connectors.Request{Table: "same", Columns: []string{"a", "b", "c", "d", "e", "f", "g"}, Key: []string{"a", "b", "c"}, Parts: 1, BatchRows: 7})
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		if err := snap.Read(context.Background(), snap.Parts()[0], out); err != nil {
			t.Fatal(err)
		}
		if len(out.rows) != 40 || len(out.bad) != 10 || !strings.HasPrefix(out.bad[0].Key, "a=2, b=18446744073709551613, c=") {
			t.Errorf("%d rows and %d bad ones", len(out.rows), len(out.bad))
		}
		seen = append(seen, out)
	})
	if diff := cmp.Diff(seen[1], seen[0], cmp.AllowUnexported(cells{})); diff != "" {
		t.Error(diff)
	}
}

// widths is a sink that keeps how long each row's text is.
type widths struct{ got []int }

func (s *widths) Batch(rec arrow.RecordBatch) error {
	text := rec.Column(0).(*array.String)
	for i := range text.Len() {
		v := text.Value(i)
		if strings.Trim(v, "x") != "" {
			v = ""
		}
		s.got = append(s.got, len(v))
	}
	return nil
}

func (s *widths) Bad(lake.BadRow) error { return fmt.Errorf("no row is bad") }

// A row of 16 MiB and more comes in several packets, the last of which may be empty.
func TestRowsOfSeveralPackets(t *testing.T) {
	const full = 1<<24 - 1 - 6 // with its length, and a number and its length behind it, it fills a packet
	want := []int{1, full - 1, full, full + 1, 1 << 24, 33 << 20, 2}
	var selects []string
	for i, n := range want {
		selects = append(selects, fmt.Sprintf("SELECT %d AS id, REPEAT('x', %d) AS text", i, n))
	}
	l := start(t, "--max-allowed-packet=64M")
	l.Exec(t, "CREATE VIEW d.huge AS "+strings.Join(selects, " UNION ALL "))
	bothWays(t, l, func(t *testing.T, l lab) {
		snap := snapshot(t, l.open(t, memory.DefaultAllocator), "huge", 1, "text", "id")
		sink := &widths{}
		if err := snap.Read(context.Background(), snap.Parts()[0], sink); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, sink.got); diff != "" {
			t.Error(diff)
		}
	})
}
