package generate

import (
	"fmt"
	"strings"
	"time"
)

// insured is 社会保险参保: a folder of GB18030 files, one a year, written by
// several offices: ids of 15 digits, full-width digits, three date forms,
// trailing spaces. None of that is a defect; standardising mends it.
func (w *world) insured() *resource {
	r := &resource{
		department: "renshe", name: "insured", key: "insure_no",
		columns: []string{"insure_no", "citizen_id", "name", "employer", "phone", "insured_on", "base", "status", "updated_on"},
		csv: &csvForm{
			header:  []string{"参保编号", "身份证号", "姓名", "单位统一社会信用代码", "手机号码", "参保日期", "缴费基数", "参保状态", "更新日期"},
			gb18030: true,
			path:    func(rec *record) string { return "renshe/insured/" + rec.cells[0].Text[2:6] + ".csv" },
		},
	}
	for i, p := range w.persons {
		if !p.insured {
			continue
		}
		on := w.day(p.birth.AddDate(18, 0, 0), today)
		if on.Year() < 2016 {
			on = w.day(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC), today)
		}
		status := "1"
		if w.chance(8) {
			status = "2"
		}
		r.records = append(r.records, &record{who: p, alone: true, subjects: []*subject{&p.subject}, cells: Row{
			str(fmt.Sprintf("RS%d%07d", on.Year(), i+1)), str(w.loosely(p.id)), str(w.padded(p.name)), str(w.employer().code), str(w.padded(p.phone)),
			str(w.anyDate(on)), str(fmt.Sprintf("%d.00", 4000+100*w.rng.IntN(160))), str(status), str(w.anyDate(w.day(on, today))),
		}})
	}
	r.defects = insuredDefects()
	return r
}

func insuredDefects() []defect {
	met := func(rec *record) bool { return !rec.who.visited } // nobody else holds the phone or needs this row
	return []defect{
		setting("type", "base.type", "base", .001, nil, always(str("八千元"))),
		setting("type", "insured_on.type", "insured_on", .001, nil, always(str("2020-13-45"))),
		setting("type", "insured_on.type", "insured_on", .001, nil, always(str("0000-00-00"))),
		setting("phone", "phone.phone", "phone", .002, met, always(str("1390635"))),
		setting("not_null", "citizen_id.not_null", "citizen_id", .001, met, always(null)),
		setting("foreign_key", "employer.foreign_key", "employer", .002, nil, func(w *world, _ string) Value { return str(w.creditCode("91")) }),
		{"credit_code", .001, nil, func(p *planting, rec *record) { // a wrong code names no enterprise either
			p.r.set(rec, "employer", str(wrongCheck(p.r.get(rec, "employer"))))
			p.fails(rec, "employer.credit_code")
			p.alsoFails(rec, "foreign_key", "employer.foreign_key")
		}},
		setting("in_codes", "status.in_codes", "status", .001, nil, always(str("7"))),
		{"duplicates", .004, met, func(p *planting, rec *record) { // insured twice; the older record goes
			p.r.set(rec, "updated_on", str("2025-12-31"))
			twin := p.twin(rec, str(fmt.Sprintf("RS2016D%07d", p.index)))
			p.r.set(twin, "updated_on", str("2016/1/4"))
			p.removed(twin)
		}},
		{"conflicts: name", .004, nil, func(p *planting, rec *record) {
			p.r.set(rec, "name", str(p.otherName(rec.who)))
			p.conflicts(rec, "name", "DE0002", rec.who.id)
		}},
		{"quarantine: NULL key", .001, met, func(p *planting, rec *record) {
			p.withoutKey(rec, "insure_no")
			rec.line = []byte("," + strings.Join(texts(rec.cells[1:]), ","))
		}},
		{"quarantine: broken record", .001, met, func(p *planting, rec *record) {
			p.quarantined(rec, "", p.r.get(rec, "insure_no"))
			rec.line = []byte(strings.Join(texts(rec.cells), ",") + ",多出的一列,又一列")
		}},
		{"quarantine: broken record", .0005, met, func(p *planting, rec *record) { // a quote that is never closed
			p.quarantined(rec, "", p.r.get(rec, "insure_no"))
			rec.line = []byte(strings.Join(texts(rec.cells[:2]), ",") + `,"` + strings.Join(texts(rec.cells[2:]), ","))
		}},
		{"quarantine: undecodable bytes", .001, met, func(p *planting, rec *record) {
			p.quarantined(rec, "", p.r.get(rec, "insure_no"))
			rec.line = []byte(strings.Join(texts(rec.cells[:2]), ",") + ",\xff\xff," + strings.Join(texts(rec.cells[3:]), ","))
		}},
	}
}

// loosely writes an id as offices write it: 15 digits, full width, or well.
func (w *world) loosely(id string) string {
	switch {
	case id[6:8] == "19" && w.chance(10):
		return oldForm(id)
	case w.chance(5):
		return fullWidth(id)
	}
	return w.padded(id)
}

func (w *world) padded(s string) string {
	if w.chance(5) {
		return s + "   "
	}
	return s
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func (w *world) anyDate(t time.Time) string {
	return t.Format([]string{time.DateOnly, "2006/1/2", "20060102", time.DateOnly}[w.rng.IntN(4)])
}
