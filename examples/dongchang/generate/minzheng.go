package generate

import "fmt"

// areas is 行政区划 from the province down to villages: what others refer to.
// Defects are put on spare villages, where nobody lives.
func (w *world) areas() *resource {
	r := &resource{
		department: "minzheng", name: "area", key: "code",
		columns: []string{"code", "name", "parent", "level"},
		table: &Table{Database: "minzheng", Name: "t_area", Comment: "行政区划", Key: "dm", Columns: []Column{
			{"dm", "区划代码", "varchar(12) NOT NULL"}, {"mc", "名称", "varchar(60)"}, {"sjdm", "上级代码", "varchar(12)"}, {"jb", "级别", "int"},
		}},
	}
	add := func(spare bool, code, name string, parent Value, level int) {
		s := &subject{taken: !spare}
		r.records = append(r.records, &record{alone: true, subjects: []*subject{s}, cells: Row{str(code), str(name), parent, num(level)}})
	}
	add(false, "37", "山东省", null, 1)
	add(false, "3715", "聊城市", str("37"), 2)
	for _, c := range liaocheng {
		add(false, c.code, c.name, str("3715"), 3)
	}
	for _, s := range w.streets {
		add(false, s.code, s.name, str("371502"), 4)
	}
	for _, v := range w.villages {
		add(v.spare, v.code, v.name, str(v.street.code), 5)
	}
	r.defects = []defect{
		{"foreign_key", 0, nil, func(p *planting, rec *record) {
			p.r.set(rec, "parent", num(371599000+p.index)) // one each: names recur
			p.fails(rec, "parent.foreign_key")
		}},
		setting("regex", "name.regex", "name", 0, nil, func(_ *world, old string) Value { return str(old + "*") }),
		{"unique (several columns)", 0, nil, func(p *planting, rec *record) {
			twin := p.twin(rec, str(fmt.Sprintf("%s%d", p.r.get(rec, "parent"), 500+p.index)))
			p.fails(rec, "name_in_parent")
			p.fails(twin, "name_in_parent")
		}},
	}
	return r
}

// marriages is 婚姻登记: a row speaks of two persons. It is the authority of the
// marital status; names are copies for comparison.
func (w *world) marriages() *resource {
	r := &resource{
		department: "minzheng", name: "marriage", key: "cert_no",
		columns: []string{"cert_no", "man_id", "man_name", "woman_id", "woman_name", "status", "registered", "divorced"},
		table: &Table{Database: "minzheng", Name: "t_marriage", Comment: "婚姻登记信息", Key: "zzbh", Columns: []Column{
			{"zzbh", "证字编号", "varchar(30) NOT NULL"}, {"nsfzh", "男方公民身份号码", "varchar(20)"}, {"nxm", "男方姓名", "varchar(50)"},
			{"vsfzh", "女方公民身份号码", "varchar(20)"}, {"vxm", "女方姓名", "varchar(50)"}, {"hyzk", "婚姻状况", "varchar(8)"},
			{"djrq", "登记日期", "date"}, {"lhrq", "离婚日期", "date"},
		}},
	}
	for i, c := range w.couples {
		status, divorced := "20", null
		if !c.divorced.IsZero() {
			status, divorced = "40", date(c.divorced)
		}
		if w.chance(15) {
			status = map[string]string{"20": "已婚", "40": "离婚"}[status]
		}
		r.records = append(r.records, &record{who: c.man, alone: true, subjects: []*subject{&c.man.subject, &c.woman.subject}, cells: Row{
			str(fmt.Sprintf("J371502-%d-%06d", c.registered.Year(), i+1)), str(c.man.id), str(c.man.name), str(c.woman.id), str(c.woman.name),
			str(status), date(c.registered), divorced,
		}})
	}
	r.defects = []defect{
		setting("not_null", "registered.not_null", "registered", .002, func(rec *record) bool { return rec.cells[r.at("divorced")].Null }, always(null)),
		{"in_codes", .002, nil, func(p *planting, rec *record) { // one column, read as each party's status
			p.r.set(rec, "status", str("99"))
			p.fails(rec, "man_status.in_codes")
			p.fails(rec, "woman_status.in_codes")
		}},
		setting("regex", "cert_no.regex", "cert_no", .002, nil, func(_ *world, old string) Value { return str("补" + old) }),
		{"compare", .002, nil, func(p *planting, rec *record) {
			p.r.set(rec, "divorced", date(dayOf(p.r.get(rec, "registered")).AddDate(0, -3, 0)))
			p.fails(rec, "divorced.compare")
		}},
		{"conflicts: name", .004, nil, func(p *planting, rec *record) {
			p.r.set(rec, "man_name", str(p.otherName(rec.who)))
			p.conflicts(rec, "man_name", "DE0002", rec.who.id)
		}},
	}
	return r
}

// lowIncome is 最低生活保障: its address is the fallback where 公安's is empty.
func (w *world) lowIncome() *resource {
	r := &resource{
		department: "minzheng", name: "lowincome", key: "benefit_no",
		columns: []string{"benefit_no", "citizen_id", "name", "address", "amount", "from_day", "to_day"},
		table: &Table{Database: "minzheng", Name: "t_dibao", Comment: "最低生活保障对象", Key: "dbbh", Columns: []Column{
			{"dbbh", "低保编号", "varchar(20) NOT NULL"}, {"sfzh", "公民身份号码", "varchar(20)"}, {"xm", "姓名", "varchar(50)"},
			{"jtzz", "家庭住址", "varchar(200)"}, {"bzje", "月保障金额", "decimal(10,2)"}, {"qsrq", "起始日期", "date"}, {"zzrq", "终止日期", "date"},
		}},
	}
	for i, p := range w.persons {
		if !p.poor {
			continue
		}
		from := w.day(today.AddDate(-6, 0, 0), today.AddDate(0, -1, 0))
		r.records = append(r.records, &record{who: p, alone: true, subjects: []*subject{&p.subject}, cells: Row{
			str(fmt.Sprintf("DB%08d", i+1)), str(p.id), str(p.name), str(p.house.address),
			str(fmt.Sprintf("%d.%02d", 300+w.rng.IntN(900), w.rng.IntN(100))), date(from), date(from.AddDate(1, 0, 0)),
		}})
	}
	r.defects = []defect{
		setting("range", "amount.range", "amount", .004, nil, always(str("-100.00"))),
		{"conflicts: address", .01, func(rec *record) bool { return !rec.who.fallback }, func(p *planting, rec *record) {
			p.r.set(rec, "address", str(p.address(p.homeVillage())))
			p.conflicts(rec, "address", "DE0007", rec.who.id)
		}},
		{"unique (several columns)", .006, nil, func(p *planting, rec *record) { // paid twice for the same months
			twin := p.twin(rec, str(fmt.Sprintf("DB9%08d", p.index)))
			p.fails(rec, "once_at_a_time")
			p.fails(twin, "once_at_a_time")
		}},
	}
	return r
}
