package twins_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/pipelines/twins"
)

// Twenty tables of 20 columns about overlapping parts of one population, of 1 M rows in
// the long form: each is read once, and the two planted pairs are all that is found.
func TestManyLargeTables(t *testing.T) {
	tables, rows := 6, 5_000
	if os.Getenv("GUIJI_LONG") != "" {
		tables, rows = 20, 1_000_000
	}
	l := newLab(t)
	dir := t.TempDir()
	for n := range tables {
		salt, from, many := n, n*rows/10, rows
		switch n { // 3 holds what 1 has, under other names; 5 a tenth of what 2 has
		case 3:
			salt, from = 1, rows/10
		case 5:
			salt, from, many = 2, 2*rows/10, rows/10
		}
		l.large(dir, n, salt, from, many)
	}
	began, before := time.Now(), l.used()
	list := l.find(true, twins.Ask)
	took, after := time.Since(began), l.used()
	cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	t.Logf("%d tables of %d rows × 20 columns: %v, CPU %v, peak RSS with the making of the tables %d MB", tables, rows, took.Round(time.Millisecond), cpu.Round(time.Millisecond), after.Maxrss>>10)
	for _, f := range list {
		t.Logf("%.2f %s %s: %s, one in %d, %d rows", f.Total, f.A, f.B, f.Verdict, f.Data.OneIn, f.Data.Rows)
	}
	if len(list) != 2 || pair(list, "d01/t01", "d03/t03") == nil || pair(list, "d02/t02", "d05/t05") == nil {
		t.Errorf("%d pairs found, want the two that were planted", len(list))
	}
}

// used is what the process has taken of the machine so far.
func (l *lab) used() (use syscall.Rusage) {
	l.Helper()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		l.Fatal(err)
	}
	return use
}

// large adds a table of Parquet: an id, and 19 columns that hang on the id and a salt,
// codes, dates and numbers; their names say nothing.
func (l *lab) large(dir string, n, salt, from, rows int) {
	l.Helper()
	r := &catalog.Resource{ID: fmt.Sprintf("d%02d/t%02d", n, n), Name: fmt.Sprintf("第%c类事项", rune(0x4e00+37*n)), Version: 1, Status: catalog.Published}
	r.Source.Key = []string{fmt.Sprintf("k%02d", n)}
	list := []string{idOf + " AS " + r.Source.Key[0]}
	r.Items = []catalog.Item{{Name: r.Source.Key[0], Type: catalog.Type{Kind: catalog.Text, Length: 18}}}
	for c := range 19 {
		name := fmt.Sprintf("c%02d_%02d", n, c)
		list = append(list, fmt.Sprintf("CAST(hash(i * 97 + %d) %% %d AS VARCHAR) AS %s", salt*1_000_003+c*7919, []int{3, 9, 400, 9000, 100_000_000}[c%5], name))
		r.Items = append(r.Items, catalog.Item{Name: name, Type: catalog.Type{Kind: catalog.Text, Length: 20}})
	}
	path := filepath.Join(dir, fmt.Sprintf("%02d.parquet", n))
	query := fmt.Sprintf("SELECT %s FROM range(%d, %d) t(i) ORDER BY 1", strings.Join(list, ", "), from, from+rows)
	if _, err := l.s.CopyQuery(l.Context(), "t", query, path, engine.ParquetOptions{}); err != nil {
		l.Fatal(err)
	}
	t := &twins.Table{Resource: r, From: engine.Parquet([]string{path}), Rows: int64(rows)}
	for _, it := range r.Items {
		t.Columns = append(t.Columns, lake.Column{Name: it.Name, Type: "VARCHAR"})
	}
	l.p.Resources = append(l.p.Resources, r)
	l.tables = append(l.tables, t)
}
