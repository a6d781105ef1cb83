package csvfile_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/lake"

	"github.com/apache/arrow-go/v18/arrow"
)

// kept counts good rows and keeps bad ones.
type kept struct {
	good int64
	bad  []lake.BadRow
}

func (k *kept) Batch(rec arrow.RecordBatch) error { k.good += rec.NumRows(); return nil }
func (k *kept) Bad(row lake.BadRow) error         { k.bad = append(k.bad, row); return nil }

// A row with a zero byte is no row, in quotes or without.
func TestZeroByte(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "z.csv", "id,a\n1,x\n2,x\x00y\n3,\"\x00\"\n4,z\n")
	src := f.open(t, memory.DefaultAllocator)
	defer src.Close()
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "z.csv", Columns: []string{"id", "a"}, Parts: 1, BatchRows: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var got kept
	if err := snap.Read(t.Context(), snap.Parts()[0], &got); err != nil {
		t.Fatal(err)
	}
	if got.good != 2 || len(got.bad) != 2 {
		t.Fatalf("%d good rows, %d bad", got.good, len(got.bad))
	}
	for i, place := range []string{"z.csv:3", "z.csv:4"} {
		if got.bad[i].Place != place || got.bad[i].Reason != "csvfile.zero_byte" {
			t.Errorf("%s: %s at %s", place, got.bad[i].Reason, got.bad[i].Place)
		}
	}
}
