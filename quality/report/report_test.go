package report_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/report"
)

const residents = `SELECT * FROM (VALUES
	(1::BIGINT, '371502199001011239', NULL::VARCHAR, '王小明', NULL::VARCHAR, DATE '1990-01-01', NULL::VARCHAR, 0::BIGINT),
	(2, '371502199001011234', NULL, '<img src=x onerror=alert(1)>', NULL, NULL, '1990-13-45', 3),
	(3, '37150219900101123X', ' 37150219900101123x', '=cmd|''/c calc''!A1', NULL, NULL, NULL, 1),
	(4, NULL, NULL, NULL, NULL, DATE '1990-01-01', NULL, 4)
	) v(id, citizen_id, citizen_id_raw, name, name_raw, birth, birth_raw, _mask0)`

// second is the release after first: record 1 was mended, 3 is new, 9 is gone.
func chain(s *store) (first, second *lake.Release) {
	first, second = release(1, 20), release(2, 22)
	for _, rel := range []*lake.Release{first, second} {
		s.put(rel, "raw/gongan/resident", residents)
		s.put(rel, "meta/sources", "SELECT * FROM (VALUES (1::SMALLINT, 'gongan/resident'), (2, 'renshe/insured')) v(source, resource)")
		rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Slot: "nightly@" + rel.Created.Format("2006-01-02"), Pulled: rel.Created, Read: 5, Quarantined: 1, Landed: 4, FailedRows: 3, Since: rel.Version}
	}
	s.put(first, "quality/gongan/resident/failures", "SELECT * FROM (VALUES (1::BIGINT, 'citizen_id.citizen_id', 'aaaaaaaa'), (2, 'citizen_id.citizen_id', 'aaaaaaaa'), (9, 'citizen_id.citizen_id', 'aaaaaaaa'), (2, 'birth.range', '00000000')) v(id, rule, version)")
	s.put(second, "quality/gongan/resident/failures", "SELECT * FROM (VALUES (2::BIGINT, 'citizen_id.citizen_id', 'aaaaaaaa'), (3, 'citizen_id.citizen_id', 'aaaaaaaa'), (2, 'birth.type', 'bbbbbbbb'), (3, 'name.length', 'cccccccc')) v(id, rule, version)")
	s.metrics(first, "gongan/resident",
		metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", 4, 3, ""},
		metric{"birth.range", "00000000", "range", "birth", "出生日期超出范围", "0301", "error", "fail", 4, 1, ""})
	s.metrics(second, "gongan/resident",
		metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", 3, 2, ""},
		metric{"birth.type", "bbbbbbbb", "type", "birth", "出生日期不是有效日期", "0302", "error", "fail", 3, 1, ""},
		metric{"name.length", "cccccccc", "length", "name,citizen_id", "姓名长度不符合要求", "0101", "warning", "fail", 3, 1, ""},
		metric{"name.sql", "dddddddd", "sql", "name", "自定义规则", "0402", "error", "not_evaluated", 0, 0, "engine.query"})
	s.put(second, "quality/gongan/resident/quarantine", "SELECT * FROM (VALUES ('t_person:5', '5', 'rybh', '<script>alert(2)</script>', 'engine.open')) v(place, key, \"column\", text, reason)")
	s.put(second, "quality/gongan/resident/duplicates", "SELECT 4::BIGINT AS id, '[\"1\"]' AS kept")
	return first, second
}

func TestFirstRunSaysOnlyWhatItKnows(t *testing.T) {
	s := newStore(t)
	first, _ := chain(s)
	dir := t.TempDir()
	build(t, s.input(first, nil, dir))
	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "本期共核查数据5条，发现问题4条。请于2026年12月13日前完成整改。本部门联系处室：科技信息化科，电话：0635-0000000。",
		"无可比较的上期核查结果", "首次核查发现", "371502199001011239", "GB 11643-1999", "未评价")
	lacks(t, page, "较上期减少", "较上期增加", "与上期持平", "已完成整改", "上升", "下降", "▲", "▼")
	rows := sheet(t, "问题整改清单", dir, "gongan", "work-list.xlsx")
	if len(rows) != 5 || rows[1][9] != "首次核查发现" || rows[1][11] != "1" {
		t.Fatalf("work list: %d rows, %v", len(rows), rows[1])
	}
	if got := sheet(t, "上期复核结果", dir, "gongan", "work-list.xlsx"); len(got) != 1 {
		t.Fatalf("a first run has nothing to review: %d rows", len(got)-1)
	}
}

func TestSecondRunTellsWhatBecameOfTheProblems(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	dir := t.TempDir()
	build(t, s.input(first, nil, dir))
	build(t, s.input(second, first, dir))
	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "发现问题4条，较上期减少1条（按两期均核查的内容比较）；上期问题已完成整改1条，未整改1条，记录已删除或本期无法读取1条；无法读取的记录1条。",
		"自定义规则", "共1条，已全部列出", "▲ 上升8.33个百分点")
	want := [][]string{
		{"2", "公民身份号码", "371502199001011234", "公民身份号码校验不通过", "未整改", "2"},
		{"3", "公民身份号码", " 37150219900101123x", "公民身份号码校验不通过", "新增", "1"},
		{"2", "出生日期", "1990-13-45", "出生日期不是有效日期", "首次核查发现", "1"},
		{"3", "姓名、公民身份号码", "姓名：=cmd|'/c calc'!A1；公民身份号码： 37150219900101123x", "姓名长度不符合要求", "首次核查发现", "1"},
	}
	rows := sheet(t, "问题整改清单", dir, "gongan", "work-list.xlsx")
	var got [][]string
	for _, r := range rows[1:] {
		got = append(got, []string{r[3], r[4], r[5], r[6], r[9], r[11]})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("work list (-want +got):\n%s", d)
	}
	review := map[string]string{}
	for _, r := range sheet(t, "上期复核结果", dir, "gongan", "work-list.xlsx")[1:] {
		review[r[2]+" "+r[3]] = r[4]
	}
	wantReview := map[string]string{
		"1 公民身份号码校验不通过": "已整改", "2 公民身份号码校验不通过": "未整改",
		"9 公民身份号码校验不通过": "记录已删除或本期无法读取，请确认",
		"2 birth.range": "待复核：规则本期未执行或已调整，不作整改认定",
	}
	if d := cmp.Diff(wantReview, review); d != "" {
		t.Errorf("review (-want +got):\n%s", d)
	}
}

// Two releases tell no more than that a problem is in both; it may be older.
func TestPeriodsAreNotGuessed(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	first.Previous = &lake.Link{Version: 0}
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	if r := sheet(t, "问题整改清单", dir, "gongan", "work-list.xlsx")[1]; r[10] != "2026年11月21日或更早" || r[11] != "2期及以上" {
		t.Errorf("found %q, periods %q", r[10], r[11])
	}
}

func TestHostileValuesStayValues(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	s.put(second, "quality/gongan/resident/failures", "SELECT id, rule, version FROM (VALUES (2::BIGINT, 'name.length', 'cccccccc'), (3, 'name.length', 'cccccccc')) v(id, rule, version)")
	s.metrics(second, "gongan/resident", metric{"name.length", "cccccccc", "length", "name", "姓名'长度\"<i>", "0101", "error", "fail", 3, 2, ""})
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	page := read(t, dir, "gongan", "index.html")
	lacks(t, page, "<img", "<script", "<i>")
	contains(t, page, "&lt;img src=x onerror=alert(1)&gt;", "&lt;script&gt;")
	f, err := excelize.OpenFile(filepath.Join(dir, "gongan", "work-list.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v, _ := f.GetCellValue("问题整改清单", "F3"); v != "'=cmd|'/c calc'!A1" {
		t.Errorf("value %q", v)
	}
	for _, name := range f.GetSheetList() {
		rows, _ := f.GetRows(name)
		for i, r := range rows {
			for j := range r {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, _ := f.GetCellFormula(name, cell); formula != "" {
					t.Errorf("%s!%s holds a formula", name, cell)
				}
			}
		}
	}
}

func TestEmptyDepartmentAndFolders(t *testing.T) {
	s := newStore(t)
	first, _ := chain(s)
	dir := filepath.Join(t.TempDir(), "reports")
	out := build(t, s.input(first, nil, dir))
	contains(t, read(t, dir, "minzheng", "index.html"), "本部门暂无已归集的信息资源", "《低保家庭信息》已发布，尚未归集")
	contains(t, read(t, dir, "index.html"), `href="gongan/index.html"`, "区民政局", "共核查数据5条，发现问题4条")
	lacks(t, read(t, dir, "index.html"), "37150219900101")
	if len(out) != 16 || out[len(out)-1].Department != "" || out[1].Rows != 4 {
		t.Errorf("written %+v", out)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", filepath.Base(path), info.Mode().Perm())
		}
		if strings.HasPrefix(d.Name(), ".") {
			t.Errorf("%s was left behind", d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFailedBuildLeavesTheOldReports(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	dir := t.TempDir()
	build(t, s.input(first, nil, dir))
	before := read(t, dir, "gongan", "index.html")
	if err := os.Remove(s.file(second, "quality/gongan/resident/quarantine")); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Build(context.Background(), s.input(second, first, dir)); err == nil {
		t.Fatal("no error with a dataset missing")
	}
	if read(t, dir, "gongan", "index.html") != before {
		t.Error("the old report was touched")
	}
}

func TestReportsAreTheSameTwice(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	one, two := t.TempDir(), t.TempDir()
	build(t, s.input(second, first, two))
	for _, w := range build(t, s.input(second, first, one)) {
		rel, _ := filepath.Rel(one, w.Path)
		if read(t, w.Path) != read(t, two, rel) {
			t.Errorf("%s differs between two builds", rel)
		}
	}
}

func TestEnglishLacksNoMessage(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	for _, lang := range []text.Lang{text.EN, text.ZH} {
		dir := t.TempDir()
		in := s.input(second, first, dir)
		in.Lang = lang
		build(t, in)
		for _, page := range []string{read(t, dir, "gongan", "index.html"), read(t, dir, "index.html")} {
			lacks(t, page, "report.", "%!", "(MISSING)")
		}
		f, err := excelize.OpenFile(filepath.Join(dir, "gongan", "work-list.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				lacks(t, name+strings.Join(r, "|"), "report.", "%!")
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
