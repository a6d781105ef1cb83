package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/text"
	"guiji/lake"
)

// letIn is a release whose rule keeps records 2, 3 and 5 out: 2 and 3 were let in, 3 in
// vain, since another rule keeps it out.
func letIn(s *store) *lake.Release {
	_, rel := chain(s)
	s.put(rel, "quality/gongan/resident/metrics", `SELECT * FROM (VALUES
		('birth.type', 'bbbbbbbb', 'type', 'birth', '出生日期不是有效日期', '0302', 'error', 'quarantine', 'fail', '', 0::BIGINT, 3::BIGINT, 3::BIGINT),
		('name.length', 'cccccccc', 'length', 'name', '姓名长度不符合要求', '0101', 'error', 'quarantine', 'fail', '', 2, 3, 1),
		('citizen_id.citizen_id', 'aaaaaaaa', 'citizen_id', 'citizen_id', '公民身份号码校验不通过', '0302', 'error', 'warn', 'fail', '', 1, 3, 2))
		v(rule, version, kind, item, title, indicator, severity, on_fail, status, reason, a, b, failed)`)
	s.put(rel, "quality/gongan/resident/failures", `SELECT * FROM (VALUES (2::BIGINT, 'birth.type', 'bbbbbbbb'), (3, 'birth.type', 'bbbbbbbb'), (5, 'birth.type', 'bbbbbbbb'),
		(3, 'name.length', 'cccccccc'), (2, 'citizen_id.citizen_id', 'aaaaaaaa')) v(id, rule, version)`)
	s.put(rel, "quality/gongan/resident/released", `SELECT * FROM (VALUES (2::BIGINT, 'birth.type', 'bbbbbbbb', '=档案核实无误', '区大数据局', DATE '2027-06-30'),
		(3, 'birth.type', 'bbbbbbbb', '=档案核实无误', '区大数据局', DATE '2027-06-30')) v(id, rule, version, reason, approver, until)`)
	keyless(s, rel)
	s.metrics(rel, "renshe/insured", metric{"name.regex", "eeeeeeee", "regex", "name", "姓名格式不符", "0302", "error", "fail", 2, 2, ""})
	s.put(rel, "quality/renshe/insured/released", "SELECT '00000000000000000000000000000001-' || i AS _key, 'name.regex' AS rule, 'eeeeeeee' AS version, '译名' AS reason, '局办公室' AS approver, DATE '2026-12-31' AS until FROM range(1, 3) t(i)")
	return rel
}

// Who owns records that were let in reads which, why, by whom and until when; nobody else
// does.
func TestRecordsLetInAreTold(t *testing.T) {
	s := newStore(t)
	in := s.input(letIn(s), nil, t.TempDir())
	for _, c := range []struct {
		lang  text.Lang
		words []string
	}{
		{text.EN, []string{"Records let into the data for a time, as approved</h2>", "1 records fail a rule", "=档案核实无误", "区大数据局"}},
		{text.ZH, []string{"经审批暂准入库的记录</h2>", "有1条记录不符合规则，经审批限期入库", "“经审批暂准入库的记录”所列的除外", "=档案核实无误", "区大数据局", "2027年6月30日"}},
	} {
		in.Lang = c.lang
		build(t, in)
		page := read(t, in.Dir, "gongan", "index.html")
		contains(t, page, c.words...)
		lacks(t, page, "report.", "%!", "译名")
		lacks(t, read(t, in.Dir, "renshe", "index.html"), "档案核实无误")
		lacks(t, read(t, in.Dir, "minzheng", "index.html"), c.words[0])
		lacks(t, read(t, in.Dir, "index.html"), "档案核实无误", "译名")
	}
	want := [][]string{{"常住人口基本信息（t_person）", "2", "出生日期不是有效日期", "'=档案核实无误", "区大数据局", "2027年6月30日"}}
	if d := cmp.Diff(want, sheet(t, "暂准入库", in.Dir, "gongan", "work-list.xlsx")[1:]); d != "" {
		t.Errorf("the list (-want +got):\n%s", d)
	}
	whole := []string{"参保人员信息（canbao）", "公民身份号码：371502199001011239；姓名：王晓明", "姓名格式不符", "译名", "局办公室", "2026年12月31日"}
	if d := cmp.Diff([][]string{whole, whole}, sheet(t, "暂准入库", in.Dir, "renshe", "work-list.xlsx")[1:]); d != "" {
		t.Errorf("records without a key (-want +got):\n%s", d)
	}
	for file, n := range map[string]string{"gongan": "1", "renshe": "2"} {
		body := read(t, in.Dir, file, "report.json")
		lacks(t, body, "档案核实无误", "译名")
		if got := strings.Count(body, `"released": `+n+","); got != 2 { // of the department, and of its resource
			t.Errorf("%s: told %d times", file, got)
		}
	}
	contains(t, read(t, in.Dir, "report.json"), `"released": 3,`)
}
