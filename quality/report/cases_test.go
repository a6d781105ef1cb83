package report_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/catalog"
	"guiji/lake"
)

// The gate is shut: the values come out of the refused image, not out of raw.
func TestShutGateComesFirstAndShowsHeldValues(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	s.put(second, "quality/gongan/resident/held", "SELECT id, 'HELD' || id AS citizen_id, NULL::VARCHAR AS citizen_id_raw, name, name_raw, birth, birth_raw FROM ("+residents+")")
	now := second.Resources["gongan/resident"]
	now.Outcome, now.Since, now.Gate = "gated", 1, "错误率 66.67% 超过上限 5%"
	second.Resources["gongan/resident"] = now
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "质量闸门已关闭，本次数据未启用", "错误率 66.67% 超过上限 5%。平台继续提供旧数据（版本v1）", "闸门关闭")
	if shut, lead := strings.Index(page, `class="shut"`), strings.Index(page, `class="lead"`); shut < 0 || shut > lead {
		t.Error("the shut gate does not come first")
	}
	if rows := sheet(t, "问题整改清单", dir, "gongan", "work-list.xlsx"); rows[1][5] != "HELD2" {
		t.Errorf("value %q, want the held one", rows[1][5])
	}
	contains(t, read(t, dir, "index.html"), "东昌府公安分局《常住人口基本信息》", "平台继续提供旧数据")
}

const conflictRows = `SELECT * FROM (VALUES
	('g1', '371502199001011239', 'DE0002', 'name', 2::SMALLINT, '["00000000000000000000000000000001-1"]', '王晓明', 1::SMALLINT, '王小明', 'differs', 2::BIGINT),
	('g2', '371502199001011247', 'DE0002', 'name', 2, '["00000000000000000000000000000002-1"]', NULL, 1, '李四', 'authority_has', 1),
	('g3', '371502199001011255', 'DE0002', 'name', 2, '["00000000000000000000000000000003-1"]', '欧阳长河先生', 1, NULL, 'copy_has', 1)
	) v(golden_id, entity_key, element, "column", holder, record_key, holder_value, authority, authority_value, kind, since)`

func keyless(s *store, rel *lake.Release) {
	s.put(rel, "raw/renshe/insured", `SELECT * FROM (VALUES
		('00000000000000000000000000000001', '371502199001011239', NULL::VARCHAR, '王晓明', NULL::VARCHAR),
		('00000000000000000000000000000001', '371502199001011239', NULL, '王晓明', NULL)) v(_hash, citizen_id, citizen_id_raw, name, name_raw)`)
	s.put(rel, "quality/renshe/insured/failures", `SELECT * FROM (VALUES
		('00000000000000000000000000000001-1', 'name.regex', 'eeeeeeee'), ('00000000000000000000000000000001-2', 'name.regex', 'eeeeeeee')) v(_key, rule, version)`)
	s.metrics(rel, "renshe/insured", metric{"name.regex", "eeeeeeee", "regex", "name", "姓名格式不符", "0302", "error", "fail", 2, 2, ""})
	rel.Resources["renshe/insured"] = lake.Resource{Outcome: "ok", Slot: "nightly@x", Pulled: rel.Created, Read: 2, Landed: 2, Since: rel.Version}
}

func TestKeylessRowsAreNamedByWhatIsInThem(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	keyless(s, second)
	s.put(second, "entity/person/conflicts", conflictRows)
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	rows := sheet(t, "问题整改清单", dir, "renshe", "work-list.xlsx")
	if len(rows) != 3 {
		t.Fatalf("%d rows for two failures of equal rows", len(rows)-1)
	}
	want := []string{"参保人员信息（canbao）", "无主键，按整行内容识别", "公民身份号码：371502199001011239；姓名：王晓明", "姓名", "王晓明", "姓名格式不符", "王小明"}
	if d := cmp.Diff(want, rows[1][1:8]); d != "" {
		t.Errorf("row (-want +got):\n%s", d)
	}
	if rows[1][0] == rows[2][0] {
		t.Error("two records share a number")
	}
}

func TestConflictsGoToWhoMustChange(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	keyless(s, second)
	s.put(second, "entity/person", "SELECT 'g' || i AS golden_id FROM range(3) t(i)")
	s.put(second, "entity/person/conflicts", conflictRows)
	dir := t.TempDir()
	build(t, s.input(second, first, dir))

	holder := read(t, dir, "renshe", "index.html")
	contains(t, holder, "与权威来源不一致2条", "1条与东昌府公安分局《常住人口基本信息》不一致", "请本部门核实并更正《参保人员信息》",
		"王晓明", "王小明", "李四", "数据异议（校核申请）")
	authority := read(t, dir, "gongan", "index.html")
	contains(t, authority, "姓名：区人力资源和社会保障局《参保人员信息》有1条有值而东昌府公安分局《常住人口基本信息》为空")
	lacks(t, authority, "王晓明", "欧阳长河先生")
	rows := sheet(t, "跨部门不一致", dir, "gongan", "work-list.xlsx")
	if len(rows) != 2 || rows[1][5] != "欧*****" || strings.Contains(rows[1][3], "0000000000000000") || !strings.Contains(rows[1][10], "东昌府公安分局（权威来源部门）") {
		t.Errorf("authority's rows %v", rows)
	}
	if rows := sheet(t, "跨部门不一致", dir, "renshe", "work-list.xlsx"); len(rows) != 4 || rows[1][10] != "区人力资源和社会保障局（持有部门）" || rows[1][12] != "新增" || rows[2][12] != "自版本v1起" || len(rows[3]) > 13 {
		t.Errorf("holder's rows %v", rows)
	}
	contains(t, read(t, dir, "index.html"), "一数一源情况", "自然人", `区人力资源和社会保障局 <span class="num">3</span>`)
}

// A resource of another pipeline was not checked in this release: nothing is said
// of what became of its problems.
func TestAResourceNotCheckedAnewClaimsNothing(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	now := second.Resources["gongan/resident"]
	now.Slot = first.Resources["gongan/resident"].Slot
	second.Resources["gongan/resident"] = now
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "本期未重新核查；最近一次（2026年11月23日）共核查数据5条", "整改进展以最近一次核查的报告为准")
	lacks(t, page, "已完成整改", "较上期减少")
	if rows := sheet(t, "上期复核结果", dir, "gongan", "work-list.xlsx"); len(rows) != 1 {
		t.Errorf("%d problems reviewed without a check", len(rows)-1)
	}
}

// Another pipeline's release carries a resource on; its progress is still told,
// against its own run before.
func TestProgressOutlivesAnotherPipelinesRelease(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	second.Previous = &lake.Link{Version: 1}
	third := release(3, 23)
	third.Previous = &lake.Link{Version: 2}
	third.Resources = second.Resources
	for name, d := range second.Datasets {
		third.Datasets[name] = d
	}
	in := s.input(third, second, t.TempDir())
	in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
		if rel.Version == 3 {
			rel = second // the files are shared, as in a store
		}
		return s.relation(ctx, rel, dataset)
	}
	in.Earlier = func(_ context.Context, rel *lake.Release) (*lake.Release, error) {
		return map[uint64]*lake.Release{3: second, 2: first}[rel.Version], nil
	}
	build(t, in)
	contains(t, read(t, in.Dir, "gongan", "index.html"), "本期未重新核查；最近一次（2026年11月23日）共核查数据5条，发现问题4条，较上期减少1条", "已完成整改1条，未整改1条")
	if rows := sheet(t, "上期复核结果", in.Dir, "gongan", "work-list.xlsx"); len(rows) != 5 {
		t.Errorf("%d problems reviewed, want 4", len(rows)-1)
	}
}

func TestALongListIsSplitAndNothingLost(t *testing.T) {
	s := newStore(t)
	rel := release(1, 20)
	s.put(rel, "raw/gongan/resident", "SELECT i AS id, '身份证' || i AS citizen_id, NULL::VARCHAR AS citizen_id_raw FROM range(250) t(i)")
	s.put(rel, "quality/gongan/resident/failures", "SELECT i AS id, 'citizen_id.citizen_id' AS rule, 'aaaaaaaa' AS version FROM range(250) t(i)")
	s.metrics(rel, "gongan/resident", metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", 250, 250, ""})
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: 250, Pulled: rel.Created}
	dir := t.TempDir()
	in := s.input(rel, nil, dir)
	in.RowsPerFile = 100
	out := build(t, in)
	seen := map[string]bool{}
	for i, name := range []string{"work-list.xlsx", "work-list-2.xlsx", "work-list-3.xlsx"} {
		rows := sheet(t, "问题整改清单", dir, "gongan", name)
		for _, r := range rows[1:] {
			seen[r[3]+r[5]] = true
		}
		if int64(len(rows)-1) != out[i+1].Rows {
			t.Errorf("%s: %d rows, reported %d", name, len(rows)-1, out[i+1].Rows)
		}
	}
	if len(seen) != 250 {
		t.Errorf("%d of 250 records are in the lists", len(seen))
	}
	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "此处列出20条，共250条，全部见清单文件“问题整改清单”工作表", "问题整改清单第101—200条", "work-list-3.xlsx")
	if n := strings.Count(page, "<li><span class=\"v\">"); n != 20 {
		t.Errorf("%d examples on the page", n)
	}
	index := sheet(t, "汇总", dir, "gongan", "work-list.xlsx")
	var text strings.Builder
	for _, r := range index {
		text.WriteString(strings.Join(r, "|") + "\n")
	}
	contains(t, text.String(), "work-list-2.xlsx|问题整改清单第101—200条", "work-list-3.xlsx|问题整改清单第201—250条")
	left, err := filepath.Glob(filepath.Join(dir, "gongan", "*"))
	if err != nil || len(left) != 9 {
		t.Errorf("files %v, %v", left, err)
	}
}

// What was not collected is said to the department, with whom to ask.
func TestItemsNotCollectedAreNamed(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	keyless(s, second)
	now := second.Resources["renshe/insured"]
	now.Refused = []string{"renshe/insured.name"}
	second.Resources["renshe/insured"] = now
	in := s.input(second, first, t.TempDir())
	in.Project.Elements[1].Authority = catalog.Authority{{Item: "gongan/resident.name"}}
	build(t, in)
	contains(t, read(t, in.Dir, "renshe", "index.html"), "《参保人员信息》中下列信息项可通过共享获得，按“一数一源”不重复采集：姓名（权威来源：东昌府公安分局《常住人口基本信息》）。")
}

func TestPageIsSelfContained(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	dir := t.TempDir()
	build(t, s.input(second, first, dir))
	for _, page := range []string{"index.html", "gongan/index.html"} {
		lacks(t, read(t, dir, page), "http://", "https://", "<link", "<script", "@import", "url(")
	}
}
