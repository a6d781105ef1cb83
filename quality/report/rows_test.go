package report_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality/report"
)

// failing is a release of one resource of which every record fails; name is SQL of what it
// has for a name, by i.
func failing(s *store, rows int64, name string) *lake.Release {
	rel := release(1, 20)
	s.put(rel, "raw/gongan/resident", fmt.Sprintf("SELECT i AS id, '371502199001011239' AS citizen_id, NULL::VARCHAR AS citizen_id_raw, %s AS name, NULL::VARCHAR AS name_raw, DATE '1990-01-01' AS birth, NULL::VARCHAR AS birth_raw FROM range(%d) t(i)", name, rows))
	s.put(rel, "quality/gongan/resident/failures", fmt.Sprintf("SELECT i AS id, 'name.regex' AS rule, 'aaaaaaaa' AS version FROM range(%d) t(i) ORDER BY rule, id", rows))
	s.metrics(rel, "gongan/resident", metric{"name.regex", "aaaaaaaa", "regex", "name", "姓名格式不符", "0302", "error", "fail", rows, rows, ""})
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: rows, Pulled: rel.Created}
	return rel
}

// What a cell holds is the value, whatever XML and spreadsheets have signs for.
func TestCellsHoldTheValueAsItIs(t *testing.T) {
	values := []string{"<a href=\"b\">'&amp;", "two\nlines", " blanks ", "_x000A_", "_x0041_x0042_", "a_x_x00e9_b", "_x12_", "王 小明", "𠮷"}
	s := newStore(t)
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = engine.Lit(v)
	}
	dir := t.TempDir()
	build(t, s.input(failing(s, int64(len(values)), "["+strings.Join(list, ", ")+"][i + 1]"), nil, dir))
	got := sheet(t, "问题整改清单", dir, "gongan", "work-list.xlsx")
	if len(got) != len(values)+1 {
		t.Fatalf("%d rows, want %d", len(got), len(values)+1)
	}
	for i, want := range values {
		if got[i+1][5] != want {
			t.Errorf("value %q, want %q", got[i+1][5], want)
		}
	}
}

// The heap does not grow with the rows of a sheet, which are a multiple of it.
func TestHeapOfALongListIsSmall(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	s := newStore(t)
	in := s.input(failing(s, 30_000, "'欧阳娜' || i"), nil, t.TempDir())
	debug.FreeOSMemory()
	base := heap()

	done, most := make(chan error), uint64(0)
	go func() {
		_, err := report.Build(context.Background(), in)
		done <- err
	}()
	for look := time.NewTicker(2 * time.Millisecond); ; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if most > base+16<<20 {
				t.Errorf("heap of %d KB, %d KB before", most>>10, base>>10)
			}
			return
		case <-look.C:
			most = max(most, heap())
		}
	}
}

// heap is how many bytes the heap's objects take.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
