package generate

import (
	"fmt"
	"time"
)

// visits is 网格走访 of 古楼街道: up to two visits a person. Its phone is the
// fallback of 人社's; its marital status is what 民政 has: the plan refuses it. Two columns
// are in no catalogue entry: where people are taken in a flood, which is read by a
// temporary authorisation, and remarks, which nobody reads.
func (w *world) visits() *resource {
	r := &resource{
		department: "jiedao", name: "visit", key: "id",
		columns: []string{"id", "citizen_id", "name", "residence", "phone", "marital", "kind", "visited_at", "shelter", "remark"},
		table: &Table{Database: "wangge", Name: "t_visit", Comment: "网格走访记录", Key: "id", Columns: []Column{
			{"id", "走访编号", "bigint NOT NULL"}, {"sfzh", "公民身份号码", "varchar(20)"}, {"xm", "姓名", "varchar(50)"},
			{"xjzd", "现居住地", "varchar(200)"}, {"lxdh", "联系电话", "varchar(20)"}, {"hyzk", "婚姻状况", "varchar(8)"},
			{"zflx", "走访类型", "varchar(4)"}, {"zfsj", "走访时间", "datetime"},
			{"azd", "汛期转移安置点", "varchar(50)"}, {"bz", "备注", "varchar(50)"},
		}},
	}
	for _, p := range w.persons {
		if !p.visited {
			continue
		}
		times := 1 + w.rng.IntN(2)
		for range times {
			marital := "未婚"
			if p.married {
				marital = "已婚"
			}
			r.records = append(r.records, &record{who: p, alone: times == 1, subjects: []*subject{&p.subject}, cells: Row{
				num(700_000 + len(r.records)), str(p.id), str(p.name), str(p.house.address), str(p.phone), str(marital),
				str(fmt.Sprint(1 + w.rng.IntN(4))), datetime(w.moment(2)),
				str(fmt.Sprintf("第%d安置点", 1+len(r.records)%5)), str("入户"),
			}})
		}
	}
	r.defects = []defect{
		setting("not_null", "residence.not_null", "residence", .002, nil, always(null)),
		setting("in_codes", "kind.in_codes", "kind", .001, nil, always(str("9"))),
		setting("phone", "phone.phone", "phone", .002, func(rec *record) bool { return rec.alone && !rec.who.insured }, always(str("12345"))),
		setting("range", "visited_at.range", "visited_at", .001, nil, always(datetime(today.AddDate(74, 0, 0).Add(10*time.Hour)))),
		{"conflicts: phone", .005, func(rec *record) bool { return rec.alone && rec.who.insured }, func(p *planting, rec *record) {
			p.r.set(rec, "phone", str(p.mobile()))
			p.conflicts(rec, "phone", "DE0008", rec.who.id)
		}},
	}
	return r
}
