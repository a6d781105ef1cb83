package alike

import (
	"testing"

	"guiji/catalog"
)

// Two entries over one table are a pair whatever they are called and however little else
// they have in common; a column of it says one thing. Another table or source is none.
func TestOneTableOfTwoEntries(t *testing.T) {
	p := planted()
	visits, cases := resource("jiedao/visits", "走访登记", labelled("走访日期", "走访人")...), resource("zhengfa/cases", "矛盾纠纷台账", labelled("纠纷类型", "办结时间")...)
	visits.Source, cases.Source = catalog.Source{Connection: "wangge", Table: "T_EVENT"}, catalog.Source{Connection: "wangge", Table: "t_event "}
	visits.Items[0].Column, cases.Items[1].Column = "SJ", "sj"
	p.Resources = append(p.Resources, visits, cases)
	pairs := New(p, false).Pairs(0.5)
	at := -1
	for i, pair := range pairs {
		if pair.A == visits.ID && pair.B == cases.ID {
			at = i
		}
	}
	if at < 0 || !pairs[at].Table || pairs[at].Score < oneTable || len(pairs[at].Items) != 1 {
		t.Fatalf("pairs %+v", pairs)
	}
	if it := pairs[at].Items[0]; it.A != "ca" || it.B != "cb" || it.By != ByColumn {
		t.Errorf("the column: %+v", it)
	}
	for _, other := range []catalog.Source{{Connection: "wangge", Table: "t_case"}, {Connection: "zhengfa", Table: "t_event"}, {Connection: "wangge"}, {}} {
		cases.Source = other
		if pair := New(p, false).Between(visits.ID, cases.ID); pair.Table || pair.Score > 0.2 {
			t.Errorf("%+v is the table of the other: %+v", other, pair)
		}
	}
}
