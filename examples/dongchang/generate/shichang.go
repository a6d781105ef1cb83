package generate

import "strconv"

// enterprises is 企业登记: a row speaks of an organisation and of its legal
// representative. Defects of the code are put on those nobody names as employer.
func (w *world) enterprises() *resource {
	r := &resource{
		department: "shichang", name: "enterprise", key: "id",
		columns: []string{"id", "credit_code", "name", "rep_id", "rep_name", "industry", "capital", "address", "phone", "established", "approved", "updated_at"},
		table: &Table{Database: "scjg", Name: "t_ent", Comment: "企业登记信息", Key: "id", Columns: []Column{
			{"id", "主体编号", "bigint NOT NULL"}, {"tyshxydm", "统一社会信用代码", "varchar(20)"}, {"qymc", "企业名称", "varchar(100)"},
			{"frsfzh", "法定代表人公民身份号码", "varchar(20)"}, {"frxm", "法定代表人姓名", "varchar(50)"}, {"hydm", "行业代码", "varchar(4)"},
			{"zczb", "注册资本（万元）", "decimal(18,6)"}, {"zs", "住所", "varchar(200)"}, {"lxdh", "联系电话", "varchar(20)"},
			{"clrq", "成立日期", "date"}, {"hzrq", "核准日期", "date"}, {"gxsj", "更新时间", "datetime"},
		}},
	}
	for i, o := range w.orgs {
		r.records = append(r.records, &record{who: o.rep, org: o, alone: true, subjects: []*subject{&o.subject, &o.rep.subject}, cells: Row{
			num(500_000 + i), str(o.code), str(o.name), str(o.rep.id), str(o.rep.name), str(o.trade), str(strconv.Itoa(o.capital) + ".000000"),
			str(o.address), str(o.phone), date(o.established), date(w.day(o.established, today)), datetime(w.moment(4)),
		}})
	}
	unnamed := func(rec *record) bool { return !rec.org.employs }
	r.defects = []defect{
		setting("credit_code", "credit_code.credit_code", "credit_code", .004, unnamed, func(_ *world, old string) Value { return str(wrongCheck(old)) }),
		setting("not_null", "name.not_null", "name", .002, unnamed, always(null)),
		setting("in_codes", "industry.in_codes", "industry", .003, unnamed, always(str("Z99"))),
		setting("range", "capital.range", "capital", .003, unnamed, always(str("-1.000000"))),
		setting("phone", "phone.phone", "phone", .003, unnamed, always(str("0635-82"))),
		{"compare", .003, unnamed, func(p *planting, rec *record) {
			p.r.set(rec, "approved", date(dayOf(p.r.get(rec, "established")).AddDate(0, 0, -10)))
			p.fails(rec, "approved.compare")
		}},
		{"unique", .005, unnamed, func(p *planting, rec *record) {
			twin := p.twin(rec, num(500_000+len(w.orgs)+p.index))
			p.r.set(twin, "updated_at", str("2019-05-06 09:00:00"))
			p.fails(rec, "credit_code.unique")
			p.fails(twin, "credit_code.unique")
			p.removed(twin)
		}},
		{"conflicts: name", .005, nil, func(p *planting, rec *record) {
			p.r.set(rec, "rep_name", str(p.otherName(rec.who)))
			p.conflicts(rec, "rep_name", "DE0002", rec.who.id)
		}},
	}
	return r
}
