package twins_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/catalog/alike"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/pipelines/twins"
)

// lab is a catalogue with made-up tables.
type lab struct {
	*testing.T
	s      *engine.Session
	p      *catalog.Project
	tables []*twins.Table
}

func newLab(t *testing.T) *lab {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{T: t, s: s, p: &catalog.Project{
		Entities: []catalog.Entity{{ID: "person", Keys: []string{"E1"}}},
		Elements: []catalog.Element{{Code: "E1", Name: "公民身份号码", Entity: "person", Key: true}, {Code: "E2", Name: "姓名", Entity: "person"}},
	}}
}

// add makes a resource out of a query. An item is written name/label/element.
func (l *lab) add(id, name, key, query string, items ...string) {
	l.Helper()
	r := &catalog.Resource{ID: id, Name: name, Version: 1, Status: catalog.Published}
	if key != "" {
		r.Source.Key = strings.Split(key, ",")
	}
	table := strings.ReplaceAll(id, "/", "__")
	if err := l.s.Exec(l.Context(), "t", "CREATE TABLE "+table+" AS "+query); err != nil {
		l.Fatal(err)
	}
	t := &twins.Table{Resource: r, From: table}
	for _, it := range items {
		part := strings.Split(it+"//", "/")
		r.Items = append(r.Items, catalog.Item{Name: part[0], Label: part[1], Element: part[2], Type: catalog.Type{Kind: catalog.Text, Length: 50}})
		t.Columns = append(t.Columns, lake.Column{Name: part[0], Type: "VARCHAR"})
	}
	if err := l.s.Row(l.Context(), "t", "SELECT count(*) FROM "+table, &t.Rows); err != nil {
		l.Fatal(err)
	}
	l.p.Resources = append(l.p.Resources, r)
	l.tables = append(l.tables, t)
}

// find measures and ranks; the catalogue's word alone without data.
func (l *lab) find(data bool, least float64) []twins.Finding {
	l.Helper()
	slices.SortFunc(l.p.Resources, func(a, b *catalog.Resource) int { return strings.Compare(a.ID, b.ID) })
	said := alike.New(l.p, false)
	var ev *twins.Evidence
	if data {
		var err error
		if ev, err = twins.Measure(l.Context(), l.s, l.p, said, l.tables); err != nil {
			l.Fatal(err)
		}
	}
	return twins.Find(l.p, said, ev, least)
}

// pair finds one of the findings; nil if it is not among them.
func pair(list []twins.Finding, a, b string) *twins.Finding {
	for i := range list {
		if list[i].A == a && list[i].B == b {
			return &list[i]
		}
	}
	return nil
}

// What the tables are made of: a person's number, and columns that hang on it.
const (
	idOf    = "'371502' || lpad(CAST(i AS VARCHAR), 12, '0')"
	nameOf  = "chr(19968 + CAST(hash(i || 'x') % 400 AS INTEGER)) || chr(20000 + CAST(hash(i || 'm') % 3000 AS INTEGER)) || chr(20000 + CAST(hash(i || 'n') % 3000 AS INTEGER))"
	levelOf = "CAST(hash(i || 'l') % 4 + 1 AS VARCHAR)"
	kindOf  = "CAST(hash(i || 'k') % 7 + 1 AS VARCHAR)"
	dayOf   = "CAST(DATE '2001-01-01' + CAST(hash(i || 'd') % 8000 AS INTEGER) AS VARCHAR)"
	phoneOf = "'138' || lpad(CAST(hash(i || 'p') % 100000000 AS VARCHAR), 8, '0')"
)

func columns(list ...string) string { return strings.Join(list, ", ") }

// original is a table of 24 000 persons; its twin has every second of them in another
// order, under column names that say nothing, some values full-width or with blanks, and
// one level in twenty changed since.
func (l *lab) originalAndTwin() {
	l.add("canlian/disabled", "残疾人基本信息", "id",
		"SELECT "+columns(idOf+" AS id", nameOf+" AS name", levelOf+" AS level", kindOf+" AS kind", dayOf+" AS day", phoneOf+" AS phone")+" FROM range(24000) t(i)",
		"id/公民身份号码/E1", "name/姓名", "level/残疾等级", "kind/残疾类别", "day/发证日期", "phone/联系人电话")
	l.add("minzheng/t_bt_01", "两项补贴发放", "zj",
		"SELECT "+columns("' ' || "+idOf+" AS zj", "left("+nameOf+", 1) || ' ' || substr("+nameOf+", 2) AS xm",
			"CASE WHEN hash(i || 'changed') % 20 = 0 THEN '9' ELSE translate("+levelOf+", '1234', '１２３４') END AS dj",
			kindOf+" AS lb", dayOf+" AS rq", "CAST(hash(i || 'je') % 900 AS VARCHAR) AS je")+" FROM range(24000) t(i) WHERE i % 2 = 0 ORDER BY hash(i)",
		"zj", "xm", "dj", "lb", "rq", "je")
}

func TestARenamedSubsetIsProven(t *testing.T) {
	l := newLab(t)
	l.originalAndTwin()
	if list := l.find(false, twins.Ask); len(list) != 0 {
		t.Fatalf("the catalogue alone tells of %+v", list)
	}
	f := pair(l.find(true, twins.Ask), "canlian/disabled", "minzheng/t_bt_01")
	if f == nil {
		t.Fatal("the twin is not found")
	}
	d := f.Data
	if f.Verdict != twins.Contains || d.InA() != 1 || d.InB() < 0.42 || d.InB() > 0.58 {
		t.Errorf("%s; %.3f of B in A, %.3f of A in B", f.Verdict, d.InA(), d.InB())
	}
	if strings.Join(d.KeyA, "")+strings.Join(d.KeyB, "") != "idzj" || d.OneIn < 2 || d.KeysA < 500 || d.Rows != min(d.Shared, 1500) {
		t.Errorf("joined by %v and %v, one in %d, %d keys, %d rows", d.KeyA, d.KeyB, d.OneIn, d.KeysA, d.Rows)
	}
	share := map[string]float64{}
	for _, g := range d.Items {
		share[g.A+"="+g.B] = float64(g.Equal) / float64(g.Compared)
	}
	for at, least := range map[string]float64{"name=xm": 1, "kind=lb": 1, "day=rq": 1, "level=dj": 0.92} {
		if share[at] < least || at == "level=dj" && share[at] > 0.98 {
			t.Errorf("%s agree in %.3f of the rows", at, share[at])
		}
	}
	if len(share) != 4 {
		t.Errorf("agreements %v", share)
	}
}

// Tables that only look alike: the same codes, the same names, the same persons.
func TestWhatOnlyLooksAlike(t *testing.T) {
	l := newLab(t)
	code := func(salt string) string {
		return fmt.Sprintf("SELECT 'XM' || lpad(CAST(i AS VARCHAR), 6, '0') AS code, CAST(hash(i || '%s') %% 2 + 1 AS VARCHAR) AS sex, CAST(hash(i || '%s2') %% 5 AS VARCHAR) AS state, CAST(hash(i || '%s3') %% 9 AS VARCHAR) AS kind FROM range(3000) t(i)", salt, salt, salt)
	}
	l.add("fagai/works", "工程项目", "code", code("a"), "code/项目编号", "sex/性质代码", "state/状态代码", "kind/类别代码")
	l.add("keji/study", "科研项目", "code", code("b"), "code/项目编号", "sex/性质代码", "state/状态代码", "kind/类别代码")
	pupils := func(from int) string {
		return fmt.Sprintf("SELECT %s FROM range(%d, %d) t(i)", columns(idOf+" AS id", nameOf+" AS name", levelOf+" AS class", dayOf+" AS entered"), from, from+5000)
	}
	items := []string{"id/公民身份号码/E1", "name/姓名/E2", "class/班级名称", "entered/入学日期"}
	l.add("jiaoyu/primary", "小学学生信息", "id", pupils(100_000), items...)
	l.add("jiaoyu/middle", "中学学生信息", "id", pupils(300_000), items...)
	l.add("renshe/insured", "参保人员", "id", "SELECT "+columns(idOf+" AS id", "CAST(hash(i || 'base') % 9000 AS VARCHAR) AS base", "CAST(hash(i || 'st') % 3 AS VARCHAR) AS state")+" FROM range(100000, 105000) t(i)",
		"id/公民身份号码/E1", "base/缴费基数", "state/参保状态")
	named := l.find(false, twins.Ask)
	if pair(named, "fagai/works", "keji/study") == nil || pair(named, "jiaoyu/middle", "jiaoyu/primary") == nil {
		t.Fatalf("by their names they are to be asked about, for the test to say anything: %d findings", len(named))
	}
	for _, f := range l.find(true, twins.Ask) {
		t.Errorf("%s and %s are called duplicates: %.2f %s", f.A, f.B, f.Total, f.Verdict)
	}
	all := l.find(true, 0)
	for _, at := range [][2]string{{"fagai/works", "keji/study"}, {"jiaoyu/middle", "jiaoyu/primary"}} {
		if f := pair(all, at[0], at[1]); f == nil || f.Verdict != twins.Apart {
			t.Errorf("%v: %+v", at, f)
		}
	}
	if f := pair(all, "jiaoyu/primary", "renshe/insured"); f != nil && (f.Total > 0.2 || f.Data != nil && f.Data.InA() != 1) {
		t.Errorf("the same persons, other things: %.2f", f.Total)
	}
}

// A small table within a large one meets its sample in too few keys: the large one is
// read once more for the small one's.
func TestASmallTableWithinALargeOne(t *testing.T) {
	l := newLab(t)
	what := columns(idOf+" AS id", phoneOf+" AS phone", dayOf+" AS day", kindOf+" AS kind")
	l.add("gongan/resident", "人口", "id", "SELECT "+what+" FROM range(300000) t(i)", "id//E1", "phone", "day", "kind")
	l.add("jiedao/list", "重点名册", "", "SELECT "+what+" FROM range(300000) t(i) WHERE i % 1000 = 7", "id", "phone", "day", "kind")
	f := pair(l.find(true, twins.Ask), "gongan/resident", "jiedao/list")
	if f == nil {
		t.Fatal("the small table is not found")
	}
	if d := f.Data; d.OneIn != 1 || d.KeysB != 300 || d.Shared != 300 || d.KeysA != 300_000 || d.Rows != 300 || f.Verdict != twins.Contains {
		t.Errorf("%s by %+v", f.Verdict, d)
	}
}

// Data cannot speak against two entries that read one table: with keys that are running
// numbers they say nothing, and of two landings years apart they would say too much.
func TestOneTableIsAlwaysAPair(t *testing.T) {
	l := newLab(t)
	l.add("a/visits", "走访登记", "id", "SELECT i::BIGINT AS id, md5(i::VARCHAR) AS r FROM range(2000) t(i)", "id/编号", "r/走访人")
	l.add("b/cases", "矛盾纠纷台账", "no", "SELECT i::BIGINT AS no, md5((i + 1)::VARCHAR) AS k FROM range(2000) t(i)", "no/序号", "k/纠纷类型")
	for _, r := range l.p.Resources {
		r.Source.Connection, r.Source.Table = "wangge", "t_event"
	}
	for _, data := range []bool{false, true} {
		found := l.find(data, twins.Ask)
		if len(found) != 1 || found[0].Verdict != twins.OneTable || !found[0].Open() {
			t.Errorf("data compared: %v, found %+v", data, found)
		}
	}
	l.p.Resources[1].Source.Table = "t_case"
	if found := l.find(true, twins.Ask); len(found) > 0 {
		t.Errorf("two tables: %+v", found)
	}
}
