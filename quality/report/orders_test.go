package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/orders"
	"guiji/quality/report"
)

// ordered gives the second release of chain its work orders: of 2 an old one that is
// overdue, of 3 one found again; 1 was mended, 9 is gone, 2's date was not judged; of
// record 4 the name's is not to be mended.
func ordered(t *testing.T, s *store, first, second *lake.Release) report.Input {
	t.Helper()
	put := func(rel *lake.Release, rows ...string) {
		s.put(rel, orders.Dataset("gongan/resident"), "SELECT * FROM (VALUES "+strings.Join(rows, ", ")+") v(id, "+strings.Join(orders.Columns(), ", ")+")")
		d := rel.Datasets[orders.Dataset("gongan/resident")]
		for _, name := range append([]string{"id"}, orders.Columns()...) {
			d.Columns = append(d.Columns, lake.Column{Name: name})
		}
		rel.Datasets[orders.Dataset("gongan/resident")] = d
	}
	row := func(id int, rule, version, outcome, because string, opened, periods int, due, reopened, closed string) string {
		at := fmt.Sprintf("TIMESTAMP '2026-11-%02d 22:00:00'", 18+2*opened)
		seen := 2
		if closed != "NULL" || because != "NULL" {
			seen = 1
		}
		return fmt.Sprintf("(%d::BIGINT, '%s', '%s', '%s', '%s', %s, %d::BIGINT, %s, DATE '%s', false, %d::BIGINT, TIMESTAMP '2026-11-22 22:00:00', %d::BIGINT, 0::BIGINT, %s::BIGINT, NULL::TIMESTAMP, %s::BIGINT, NULL::TIMESTAMP, 'x', '%s', 'error', NULL::VARCHAR)",
			id, rule, version, orders.Number("gongan/resident", rule, []string{fmt.Sprint(id)}), outcome, because, opened, at, due, seen, periods, reopened, closed, rule)
	}
	put(first, row(1, "citizen_id.citizen_id", "aaaaaaaa", "open", "NULL", 1, 1, "2026-12-01", "NULL", "NULL"))
	put(second,
		row(1, "citizen_id.citizen_id", "aaaaaaaa", "mended", "NULL", 1, 1, "2026-12-01", "NULL", "2"),
		row(2, "citizen_id.citizen_id", "aaaaaaaa", "open", "NULL", 1, 5, "2026-11-21", "NULL", "NULL"),
		row(3, "citizen_id.citizen_id", "aaaaaaaa", "open", "NULL", 1, 1, "2026-12-08", "2", "NULL"),
		row(9, "citizen_id.citizen_id", "aaaaaaaa", "gone", "NULL", 1, 1, "2026-12-01", "NULL", "2"),
		row(7, "name.length", "00000000", "ended", "'rule_changed'", 1, 1, "2026-12-01", "NULL", "2"),
		row(2, "birth.range", "00000000", "open", "'not_evaluated'", 1, 1, "2026-11-22", "NULL", "NULL"),
		row(2, "birth.type", "bbbbbbbb", "open", "NULL", 2, 1, "2026-12-11", "NULL", "NULL"),
		row(3, "name.length", "cccccccc", "open", "NULL", 1, 3, "2026-12-11", "NULL", "NULL"))
	in := s.input(second, first, t.TempDir())
	at := in.Now.Add(-time.Hour)
	in.Orders = openBook(t, s, in, func(_ context.Context, f func(state.OrderStanding) error) error {
		if err := f(state.OrderStanding{
			Number: orders.Number("gongan/resident", "name.length", []string{"3"}), Exempted: at, Until: "2027-06-30", Approver: "区大数据局", Reason: "少数民族姓名较长", Last: at,
		}); err != nil {
			return err
		}
		return f(state.OrderStanding{Number: orders.Number("gongan/resident", "birth.type", []string{"2"}), Started: at, Objected: at, Last: at})
	})
	return in
}

// openOrders makes a work order, open since this release, of each failure of gongan/resident.
func (s *store) openOrders(rel *lake.Release) {
	s.t.Helper()
	name := orders.Dataset("gongan/resident")
	s.put(rel, name, `SELECT id, rule, version, lpad(id::VARCHAR, 12, '0') AS order_number, 'open' AS order_state, NULL::VARCHAR AS because, 1::BIGINT AS opened, TIMESTAMP '2026-11-20 22:00:00' AS opened_at,
		DATE '2026-12-11' AS due, false AS provisional, 1::BIGINT AS seen, TIMESTAMP '2026-11-20 22:00:00' AS seen_at, 1::BIGINT AS periods, 0::BIGINT AS returns, NULL::BIGINT AS reopened, NULL::TIMESTAMP AS reopened_at,
		NULL::BIGINT AS closed, NULL::TIMESTAMP AS closed_at, 'citizen_id' AS rule_item, '' AS rule_title, 'error' AS severity, NULL::VARCHAR AS standardised FROM `+engine.Parquet([]string{s.file(rel, "quality/gongan/resident/failures")}))
	d := rel.Datasets[name]
	for _, c := range append([]string{"id"}, orders.Columns()...) {
		d.Columns = append(d.Columns, lake.Column{Name: c})
	}
	rel.Datasets[name] = d
}

// openBook opens the work orders of an input's release.
func openBook(t testing.TB, s *store, in report.Input, acts func(context.Context, func(state.OrderStanding) error) error) *orders.Book {
	t.Helper()
	book, err := orders.OpenBook(context.Background(), orders.BookInput{Project: in.Project, Release: in.Release, Session: s.session, Relation: s.relation, Now: in.Now, Acts: acts})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestWorkOrdersSayWhatBecameOfTheProblems(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := ordered(t, s, first, second)
	got, err := report.Build(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for _, r := range sheet(t, "问题整改清单", in.Dir, "gongan", "work-list.xlsx")[1:] {
		list = append(list, []string{r[0], r[3], r[6], r[9], r[10], r[11], r[12]})
	}
	want := [][]string{
		{orders.Number("gongan/resident", "citizen_id.citizen_id", []string{"2"}), "2", "公民身份号码校验不通过", "未整改", "2026年11月20日", "5", "2026年11月21日（已逾期）"},
		{orders.Number("gongan/resident", "citizen_id.citizen_id", []string{"3"}), "3", "公民身份号码校验不通过", "再次出现", "2026年11月20日", "1", "2026年12月8日"},
		{orders.Number("gongan/resident", "birth.type", []string{"2"}), "2", "出生日期不是有效日期", "首次核查发现（整改中；已提出异议，待答复）", "2026年11月22日", "1", "2026年12月11日"},
	}
	if d := cmp.Diff(want, list); d != "" {
		t.Errorf("work list (-want +got):\n%s", d)
	}
	exempt := sheet(t, "不予整改", in.Dir, "gongan", "work-list.xlsx")
	if len(exempt) != 2 || strings.Join(exempt[1][5:], "|") != "姓名长度不符合要求|少数民族姓名较长|区大数据局|2027年6月30日" {
		t.Errorf("not to be mended: %v", exempt)
	}
	review := map[string]string{}
	for _, r := range sheet(t, "上期复核结果", in.Dir, "gongan", "work-list.xlsx")[1:] {
		review[r[2]+" "+r[3]] = r[4]
	}
	wantReview := map[string]string{
		"1 citizen_id.citizen_id": "已整改", "2 citizen_id.citizen_id": "未整改", "3 citizen_id.citizen_id": "再次出现", "9 citizen_id.citizen_id": "记录已删除",
		"2 birth.range": "待复核：本期未核查该规则", "3 name.length": "不予整改", "7 name.length": "已销号（规则或数据标准化处理已调整，调整后核查通过的不作为已整改）",
	}
	if d := cmp.Diff(wantReview, review); d != "" {
		t.Errorf("review (-want +got):\n%s", d)
	}
	sum := got.Departments[0]
	if sum.Problems != 3 || sum.New != 1 || sum.Open != 1 || sum.Returned != 1 || sum.Mended != 1 || sum.Gone != 1 || sum.Overdue != 2 || sum.Exempt != 1 || sum.Due != "2026-12-08" {
		t.Errorf("summary %+v", sum)
	}
	page := read(t, in.Dir, "gongan", "index.html")
	contains(t, page, "已完成整改1条", "逾期未整改2条", "再次出现1条", "请于2026年12月8日前完成整改", "经审批不予整改1条", `problems.html`)
	contains(t, read(t, in.Dir, "gongan", "problems-1.html"), "2026年11月21日（已逾期）", "再次出现", "首次核查发现（整改中；已提出异议，待答复）")
}

func TestWorkOrdersInEnglish(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := ordered(t, s, first, second)
	in.Lang = text.EN
	build(t, in)
	for _, name := range []string{"index.html", "problems.html", "problems-1.html"} {
		lacks(t, read(t, in.Dir, "gongan", name), "report.", "orders.", "%!")
	}
}

// manyProblems is a release of 1 500 problems of one rule and 600 of another.
func manyProblems(t *testing.T) (*store, *lake.Release) {
	t.Helper()
	s := newStore(t)
	rel := release(1, 20)
	s.put(rel, "raw/gongan/resident", "SELECT i AS id, '身份证' || i AS citizen_id, NULL::VARCHAR AS citizen_id_raw FROM range(2100) t(i)")
	s.put(rel, "quality/gongan/resident/failures", "SELECT i AS id, 'citizen_id.citizen_id' AS rule, 'aaaaaaaa' AS version FROM range(1500) t(i) UNION ALL SELECT i, 'id.range', 'bbbbbbbb' FROM range(600) t(i)")
	s.metrics(rel, "gongan/resident", metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", 2100, 1500, ""},
		metric{"id.range", "bbbbbbbb", "range", "id", "人员编号超出范围", "0301", "warning", "fail", 2100, 600, ""})
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: 2100, Pulled: rel.Created}
	return s, rel
}

// Each page is whole by itself; together they hold every problem once, and the index
// says where.
func TestProblemsAreOnPages(t *testing.T) {
	s, rel := manyProblems(t)
	in := s.input(rel, nil, t.TempDir())
	build(t, in)
	left, err := filepath.Glob(filepath.Join(in.Dir, "gongan", "problems-*.html"))
	if err != nil || len(left) != 3 {
		t.Fatalf("pages %v, %v", left, err)
	}
	numbers := map[string]int{}
	for i, name := range left {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		page := string(body)
		rows := strings.Split(page, `<td class="v n">`)
		for _, r := range rows[1:] {
			numbers[r[:strings.Index(r, "<")]]++
		}
		if want := []int{1000, 1000, 100}[i]; len(rows)-1 != want {
			t.Errorf("page %d has %d rows", i+1, len(rows)-1)
		}
		lacks(t, page, "http://", "https://", "<link", "<script", "@import", "url(", "report.")
		if !strings.HasSuffix(strings.TrimSpace(page), "</html>") || strings.Count(page, "<table>") != strings.Count(page, "</table>") {
			t.Errorf("page %d is not whole", i+1)
		}
	}
	if len(numbers) != 2100 {
		t.Errorf("%d of 2100 problems are on the pages", len(numbers))
	}
	contains(t, read(t, in.Dir, "gongan", "problems-2.html"), "公民身份号码校验不通过（续）", `href="problems-1.html" rel="prev"`, `href="problems-3.html" rel="next"`)
	lacks(t, read(t, in.Dir, "gongan", "problems-3.html"), `rel="next"`)
	contains(t, read(t, in.Dir, "gongan", "problems.html"), `href="problems-2.html#r2"`, `<td class="r">1,001—1,500</td>`, `href="problems-3.html#r4"`)
	contains(t, read(t, in.Dir, "gongan", "problems-3.html"), `id="r4"`)
	contains(t, read(t, in.Dir, "gongan", "index.html"), `href="problems-1.html#r1"`, `href="problems-2.html#r3"`)
}
