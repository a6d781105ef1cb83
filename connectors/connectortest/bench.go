package connectortest

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/lake"
)

// benchRows is how many rows Bench has loaded.
const benchRows = 50_000

// Bench measures how fast a table of 50 000 rows is read into Arrow, by one part after the
// other: rows/s, and MB/s of the values' text. A connector's BenchmarkRead calls it.
func Bench(b *testing.B, h Harness) {
	table := Table{Name: "bench", Columns: []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "citizen_id"}, {Name: "name"}, {Name: "address"},
		{Name: "amount", Kind: Integer}, {Name: "updated_at"}}}
	size := 0
	for i := range benchRows {
		row := []Value{V(fmt.Sprint(i)), V(fmt.Sprintf("37150219900101%04d", i%10_000)), V("买合苏提"), V(fmt.Sprintf("山东省聊城市东昌府区古楼街道%d号", i)), nil, V("2026-01-02 03:04:05")}
		if i%7 > 0 {
			row[4] = V(fmt.Sprint(i * 100))
		}
		for _, v := range row {
			if v != nil {
				size += len(*v)
			}
		}
		table.Rows = append(table.Rows, row)
	}
	name := h.Load(b, table)
	src := h.Open(b, memory.DefaultAllocator)
	defer src.Close()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		readThrough(b, src, connectors.Request{Table: name, Columns: names(table.Columns), Parts: 1, BatchRows: 8192})
	}
	b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func readThrough(b *testing.B, src connectors.Source, req connectors.Request) {
	b.Helper()
	snap, err := src.Snapshot(b.Context(), req)
	if err != nil {
		b.Fatal(err)
	}
	defer snap.Close()
	var n counted
	for _, p := range snap.Parts() {
		if err := snap.Read(b.Context(), p, &n); err != nil {
			b.Fatal(err)
		}
	}
	if n.rows != benchRows || n.bad > 0 {
		b.Fatalf("%d rows and %d bad ones", n.rows, n.bad)
	}
}

// counted is a sink that counts.
type counted struct{ rows, bad int64 }

func (c *counted) Batch(rec arrow.RecordBatch) error { c.rows += rec.NumRows(); return nil }

func (c *counted) Bad(lake.BadRow) error { c.bad++; return nil }
