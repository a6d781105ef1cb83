package csvfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"guiji/connectors/csvfile"
)

// A file of ten thousand columns is described and read; a row of one field less is no row.
func TestTenThousandColumns(t *testing.T) {
	const wide = 10_000
	var names, values []string
	for i := range wide {
		names, values = append(names, fmt.Sprintf("c%d", i)), append(values, fmt.Sprint(i))
	}
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "x.csv", strings.Join(names, ",")+"\n"+strings.Join(values, ",")+"\n"+strings.Join(values[1:], ",")+"\n")
	tables, err := f.open(t, memory.DefaultAllocator).Discover(t.Context(), "x.csv")
	if err != nil || len(tables) != 1 || len(tables[0].Columns) != wide {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	got, err := f.read(t, "x.csv", "c9999", "c0", "c5000")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"9999", "0", "5000"}}, got.rows); d != "" || len(got.bad) != 1 || got.bad[0].Place != "x.csv:3" {
		t.Errorf("%d rows are kept aside, rows (-want +got):\n%s", len(got.bad), d)
	}
}
