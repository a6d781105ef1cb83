package report_test

import (
	"strings"
	"testing"

	"guiji/internal/text"
	"guiji/lake"
)

const doubtRows = `SELECT * FROM (VALUES
	('g1', '371502199001011239', 'DE0002', 'name', 1::SMALLINT, '["7"]', '王小明', TIMESTAMP '2026-03-04 05:06:07', '王晓明', 'differs', 2::BIGINT, 'minzheng/household,renshe/insured', 2::BIGINT)
	) v(golden_id, entity_key, element, "column", authority, record_key, authority_value, authority_time, other_value, kind, holders, held_by, since)`

func withDoubts(s *store, rel *lake.Release) {
	keyless(s, rel)
	s.put(rel, "entity/person", "SELECT 'g' || i AS golden_id FROM range(3) t(i)")
	s.put(rel, "entity/person/conflicts", "SELECT *, TIMESTAMP '2025-01-02 03:04:05' AS holder_time, NULL::TIMESTAMP AS authority_time FROM ("+conflictRows+")")
	s.put(rel, "entity/person/doubts", doubtRows)
}

// A conflict that is part of a doubt is the authority's to check: it is in its list, and
// the holder is not asked to mend it.
func TestDoubtsGoToTheAuthority(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	withDoubts(s, second)
	dir := t.TempDir()
	build(t, s.input(second, first, dir))

	page := read(t, dir, "gongan", "index.html")
	contains(t, page, "本部门取值存疑、需核实1条", "本部门取值存疑</h2>", "《常住人口基本信息》有1条记录，其他多个部门各自掌握的值互相一致，而与本部门不同，请本部门核实。其中本期新增1条。",
		"371502199001011239", "王小明", "2026-03-04 05:06", "王**", "区民政局《低保家庭信息》、区人力资源和社会保障局《参保人员信息》", "核实前，平台仍以本部门取值为准")
	lacks(t, page, "王晓明") // another department's
	rows := sheet(t, "存疑数据", dir, "gongan", "work-list.xlsx")
	want := "自然人|371502199001011239|常住人口基本信息|7|姓名|王小明|2026-03-04 05:06|王**|2|区民政局《低保家庭信息》、区人力资源和社会保障局《参保人员信息》|新增|2026年12月13日"
	if len(rows) != 2 || strings.Join(rows[1][:12], "|") != want {
		t.Errorf("the authority's doubts: %v", rows)
	}

	holder := read(t, dir, "renshe", "index.html")
	contains(t, holder, "与权威来源不一致1条", "有1条与权威来源不一致，但与其他部门取值一致，已转请权威来源部门核实，核实期间本部门暂不需整改。")
	rows = sheet(t, "跨部门不一致", dir, "renshe", "work-list.xlsx")
	if len(rows) != 4 || rows[1][10] != "东昌府公安分局（权威来源部门，存疑核实）" || rows[1][6] != "2025-01-02 03:04" || len(rows[1]) > 13 || rows[2][13] != "2026年12月11日" {
		t.Errorf("the holder's conflicts: %v", rows)
	}
	if rows := sheet(t, "存疑数据", dir, "renshe", "work-list.xlsx"); len(rows) != 1 {
		t.Errorf("the holder has doubts: %v", rows)
	}
	contains(t, read(t, dir, "index.html"), "<th class=\"r\">存疑</th>", `<td class="r">3</td><td class="r">3</td><td class="r">1</td>`)
}

// The words of both languages are there.
func TestDoubtsInEnglish(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	withDoubts(s, second)
	in := s.input(second, first, t.TempDir())
	in.Lang = text.EN
	build(t, in)
	contains(t, read(t, in.Dir, "gongan", "index.html"), "1 values of this department are doubtful and to be checked", "Doubtful values of this department")
	contains(t, read(t, in.Dir, "renshe", "index.html"), "1 values of this department differ from their authority")
	for _, id := range []string{"gongan", "renshe"} {
		lacks(t, read(t, in.Dir, id, "index.html"), "report.", "%!")
	}
}
