package report_test

import (
	"strings"
	"testing"

	"guiji/internal/text"
	"guiji/quality/report"
)

// What a dispute found wrong is in the report of the authority, and of nobody else.
func TestCorrectionsGoToTheAuthority(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	withDoubts(s, second)
	s.put(second, "entity/person/crosswalk", "SELECT * FROM (VALUES ('g1', '371502199001011239', 0::SMALLINT, '[\"7\"]'), ('g1', '371502199001011239', 1::SMALLINT, '[\"70\"]'), ('g2', '371502199001011240', 1::SMALLINT, '[\"8\"]')) v(golden_id, entity_key, source, record_key)")
	in := s.input(second, first, t.TempDir())
	wrong := "王小明"
	in.Corrections = []report.Correction{
		{Number: "D2026-0001", Entity: "person", GoldenID: "g1", Subject: "371502199001011239", Element: "DE0002", Resource: "gongan/resident", FiledBy: "minzheng",
			Value: &wrong, Known: true, Upheld: "2026-10-08", Due: "2026-10-22", Overdue: true},
		{Number: "D2026-0002", Entity: "person", GoldenID: "g9", Element: "DE0002", Resource: "gongan/resident", FiledBy: "minzheng", Upheld: "2026-12-08", Due: "2027-01-05", Provisional: true},
	}
	for lang, words := range map[text.Lang][]string{
		text.ZH: {"异议成立、需更正的数据</h2>", "就本部门2条数据提出异议", "D2026-0001", "王小明", "区民政局", "2026-10-22（已逾期）", "（未留存）"},
		text.EN: {"Values found wrong after disputes", "2 values of this department were upheld", "2026-10-22, overdue", "(not kept)"},
	} {
		in.Lang = lang
		build(t, in)
		page := read(t, in.Dir, "gongan", "index.html")
		contains(t, page, words...)
		lacks(t, page, "report.", "%!")
		for _, other := range []string{"minzheng", "renshe"} {
			lacks(t, read(t, in.Dir, other, "index.html"), "D2026-0001", words[0])
		}
	}
	in.Lang = text.ZH
	build(t, in)
	rows := sheet(t, "异议整改", in.Dir, "gongan", "work-list.xlsx")
	if len(rows) != 3 || !strings.HasPrefix(strings.Join(rows[1], "|"), "D2026-0001|自然人|371502199001011239|常住人口基本信息|7") || !strings.Contains(strings.Join(rows[1], "|"), "姓名|王小明|区民政局|2026-10-08|2026-10-22（已逾期）") {
		t.Errorf("the list: %v", rows)
	}
	if rows := sheet(t, "异议整改", in.Dir, "renshe", "work-list.xlsx"); len(rows) != 1 {
		t.Errorf("another's list: %v", rows)
	}
}
