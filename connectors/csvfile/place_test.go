package csvfile_test

import (
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"guiji/connectors"
	"guiji/connectors/csvfile"
)

// placing asks for every row's place while its batch is lent.
type placing struct {
	collected
	placer connectors.Placer
	part   connectors.Part
	places []string
}

func (p *placing) Batch(rec arrow.RecordBatch) error {
	for range rec.NumRows() {
		p.places = append(p.places, p.placer.Place(p.part, int64(len(p.places))))
	}
	return p.collected.Batch(rec)
}

// A row stands at its first line in its own file, over quoted line ends, refused
// records, blank lines and batches of two files.
func TestPlaces(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "t/a.csv", "id,a\n1,x\n2,\"two\nlines\"\n3,y,too many\n4,z\n")
	f.write(t, "t/b.csv", "id,a\n5,x\n6,y\n7,\"a\nb\nc\"\n8,z\n")
	src := f.open(t, memory.DefaultAllocator)
	defer src.Close()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "t", Columns: []string{"id", "a"}, Parts: 1, BatchRows: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	out := &placing{placer: snap.(connectors.Placer), part: snap.Parts()[0]}
	if err := snap.Read(context.Background(), out.part, out); err != nil {
		t.Fatal(err)
	}
	want := []string{"t/a.csv:2", "t/a.csv:3", "t/a.csv:6", "t/b.csv:2", "t/b.csv:3", "t/b.csv:4", "t/b.csv:7"}
	if diff := cmp.Diff(want, out.places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if len(out.bad) != 1 || out.bad[0].Place != "t/a.csv:5" {
		t.Errorf("refused %+v", out.bad)
	}
}
