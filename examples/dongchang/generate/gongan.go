package generate

import (
	"fmt"
	"time"
)

// residents is 常住人口: every person once. It is the authority of most elements
// and others refer to it, so its own defects are put on solo persons only.
func (w *world) residents() *resource {
	r := &resource{
		department: "gongan", name: "resident", key: "id",
		columns: []string{"id", "citizen_id", "name", "sex", "birth", "ethnicity", "household_no", "area", "address", "updated_at"},
		table: &Table{Database: "hukou", Name: "t_person", Comment: "常住人口基本信息", Key: "id", Columns: []Column{
			{"id", "人员编号", "bigint NOT NULL"}, {"sfzh", "公民身份号码", "varchar(20)"}, {"xm", "姓名", "varchar(50)"},
			{"xb", "性别", "varchar(4)"}, {"csrq", "出生日期", "date"}, {"mz", "民族", "char(2)"}, {"hh", "户号", "varchar(12)"},
			{"xzqh", "户籍地行政区划", "char(6)"}, {"hjdz", "户籍地址", "varchar(200)"}, {"gxsj", "更新时间", "datetime"},
		}},
	}
	for i, p := range w.persons {
		sex := "1"
		if p.female {
			sex = "2"
		}
		if w.chance(20) { // one form of the office writes the word
			sex = map[string]string{"1": "男", "2": "女"}[sex]
		}
		id, name := p.id, p.name
		if w.chance(5) {
			name += "  "
		}
		if id[17] == 'X' && w.chance(30) {
			id = id[:17] + "x"
		}
		address := str(p.house.address)
		if p.poor && w.chance(10) { // 民政's address is the registered fallback
			p.fallback, address = true, null
		}
		r.records = append(r.records, &record{who: p, alone: true, subjects: []*subject{&p.subject}, cells: Row{
			num(100_000 + i), str(id), str(name), str(sex), date(p.birth), str(p.ethnicity), str(p.house.number),
			str("371502"), address, datetime(w.moment(5)),
		}})
	}
	r.defects = residentDefects(len(w.persons))
	return r
}

func residentDefects(persons int) []defect {
	return []defect{
		setting("not_null", "name.not_null", "name", .001, solo, always(null)),
		setting("length", "name.length", "name", .001, solo, func(_ *world, old string) Value { return str(string([]rune(old)[:1])) }),
		setting("citizen_id", "citizen_id.citizen_id", "citizen_id", .002, solo, func(_ *world, old string) Value { return str(wrongCheck(old)) }),
		setting("citizen_id", "citizen_id.citizen_id", "citizen_id", .001, solo, func(_ *world, old string) Value { return str(old[:17]) }),
		setting("in_codes", "sex.in_codes", "sex", .001, solo, always(str("3"))),
		setting("sql", "birth.sql", "birth", .001, solo, func(_ *world, old string) Value { return str(shiftDay(old)) }),
		setting("foreign_key", "household_no.foreign_key", "household_no", .001, solo, func(w *world, _ string) Value {
			return str(fmt.Sprintf("37159%07d", w.rng.IntN(10_000_000)))
		}),
		setting("foreign_key", "area.foreign_key", "area", .001, solo, always(str("371599"))),
		{"range", .001, bornOnCommonDay, func(p *planting, rec *record) { // a year miswritten: the id then disagrees, too
			p.r.set(rec, "birth", str("18"+p.r.get(rec, "birth")[2:]))
			p.fails(rec, "birth.range")
			p.alsoFails(rec, "sql", "birth.sql")
		}},
		{"unique", .004, solo, func(p *planting, rec *record) { // entered twice, the first time long ago
			twin := p.twin(rec, num(100_000+persons+p.index))
			p.r.set(twin, "updated_at", str("2018-03-01 08:00:00"))
			p.fails(rec, "citizen_id.unique")
			p.fails(twin, "citizen_id.unique")
			p.removed(twin)
		}},
	}
}

// bornOnCommonDay leaves out 29 February: not every century has it.
func bornOnCommonDay(rec *record) bool {
	return rec.who.solo() && rec.who.birth.Format("0102") != "0229"
}

func shiftDay(day string) string {
	return dayOf(day).AddDate(0, 0, 1).Format(time.DateOnly)
}

// moment is a working hour within the last years.
func (w *world) moment(years int) time.Time {
	return w.day(today.AddDate(-years, 0, 0), today).Add(time.Duration(8*3600+w.rng.IntN(9*3600)) * time.Second)
}

// households is 户: its head must be a resident, its village an area.
func (w *world) households() *resource {
	r := &resource{
		department: "gongan", name: "household", key: "household_no",
		columns: []string{"household_no", "head_id", "village", "members", "registered", "cancelled"},
		table: &Table{Database: "hukou", Name: "t_household", Comment: "户信息", Key: "hh", Columns: []Column{
			{"hh", "户号", "varchar(12) NOT NULL"}, {"hzsfzh", "户主公民身份号码", "varchar(20)"}, {"cjdm", "村（社区）代码", "char(12)"},
			{"rks", "家庭人口数", "int"}, {"lhrq", "立户日期", "date"}, {"xhrq", "销户日期", "date"},
		}},
	}
	for _, h := range w.homes {
		head := h.members[0]
		registered := w.day(head.birth.AddDate(18, 0, 0), today.AddDate(-1, 0, 0))
		cancelled := null
		if w.chance(2) {
			cancelled = date(w.day(registered, today))
		}
		r.records = append(r.records, &record{who: head, alone: true, subjects: []*subject{&h.subject, &head.subject}, cells: Row{
			str(h.number), str(head.id), str(h.village.code), num(len(h.members)), date(registered), cancelled,
		}})
	}
	r.defects = []defect{
		setting("foreign_key", "head_id.foreign_key", "head_id", .002, nil, func(w *world, _ string) Value {
			return str(w.citizenID("371502", w.day(today.AddDate(-70, 0, 0), today.AddDate(-30, 0, 0)), false))
		}),
		setting("range", "members.range", "members", .002, nil, always(num(0))),
		{"compare", .002, nil, func(p *planting, rec *record) {
			registered := dayOf(p.r.get(rec, "registered"))
			p.r.set(rec, "cancelled", date(registered.AddDate(-1, 0, 0)))
			p.fails(rec, "cancelled.compare")
		}},
	}
	return r
}

func dayOf(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err) // dates are made here
	}
	return t
}
