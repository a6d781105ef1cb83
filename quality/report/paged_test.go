package report_test

import (
	"path/filepath"
	"strings"
	"testing"

	"guiji/quality/report"
)

// Where pages list the first problems of a rule alone, every place says of how many, the
// counts are whole, and the work list has all.
func TestPagesOfSomeProblems(t *testing.T) {
	s, rel := manyProblems(t)
	in := s.input(rel, nil, t.TempDir())
	in.PagedPerRule, in.File = 600, "人口.xlsx"
	_, left, err := report.BuildFile(t.Context(), in, in.Project.Resources[0])
	if err != nil || left != 900 {
		t.Fatalf("%d problems are on no page, %v", left, err)
	}
	at := func(name string) string { return read(t, in.Dir, ".", name) }
	if pages, err := filepath.Glob(filepath.Join(in.Dir, "problems-*.html")); err != nil || len(pages) != 2 {
		t.Errorf("pages %v, %v", pages, err)
	}
	first, second := at("problems-1.html"), at("problems-2.html")
	if a, b := strings.Count(first, `<td class="v n">`), strings.Count(second, `<td class="v n">`); a != 1000 || b != 200 {
		t.Errorf("%d and %d rows", a, b)
	}
	const cut = "600条，共1,500条"
	contains(t, first, cut)
	if strings.Count(first, "1,500条") != 1 || strings.Contains(second, "共600条") {
		t.Error("a rule that is listed whole is said to be cut")
	}
	contains(t, at("problems.html"), "共2,100条问题", "前600条", "1—600（共1,500条）", "1—400</td>", "401—600</td>")
	contains(t, at("index.html"), "查看该问题前600条明细（共1,500条", "查看该问题全部600条明细", "2100")
	if rows := sheet(t, "问题整改清单", in.Dir, "work-list.xlsx"); len(rows) != 2101 {
		t.Errorf("%d rows in the work list", len(rows))
	}
}
