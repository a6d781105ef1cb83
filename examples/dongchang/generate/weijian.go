package generate

import (
	"fmt"
	"strings"
	"time"
)

// vaccinations is 预防接种: one UTF-8 file with a byte order mark, several doses
// a person. Conflicts are put on persons with one dose: one record votes.
func (w *world) vaccinations() *resource {
	r := &resource{
		department: "weijian", name: "vaccination", key: "record_no",
		columns: []string{"record_no", "citizen_id", "name", "sex", "vaccine", "dose", "vaccinated_on", "batch_no", "recorded_at"},
		csv: &csvForm{
			header: []string{"接种编号", "公民身份号码", "姓名", "性别", "疫苗代码", "剂次", "接种日期", "疫苗批号", "登记时间"},
			path:   func(*record) string { return "weijian/vaccination.csv" },
		},
	}
	for i, p := range w.persons {
		sex := "男"
		if p.female {
			sex = "女"
		}
		vaccine := fmt.Sprintf("%02d", 1+w.rng.IntN(9))
		for dose := 1; dose <= p.doses; dose++ {
			from := p.birth
			if oldest := today.AddDate(-8, 0, 0); from.Before(oldest) {
				from = oldest
			}
			on := w.day(from, today)
			r.records = append(r.records, &record{who: p, alone: p.doses == 1, subjects: []*subject{&p.subject}, cells: Row{
				str(fmt.Sprintf("JZ%08d%02d", i+1, dose)), str(w.padded(p.id)), str(p.name), str(sex), str(vaccine), num(dose),
				str(on.Format("20060102")), str(fmt.Sprintf("%d%05d", on.Year(), w.rng.IntN(100_000))), datetime(on.Add(time.Duration(9+w.rng.IntN(8)) * time.Hour)),
			}})
		}
	}
	r.defects = vaccinationDefects()
	return r
}

func vaccinationDefects() []defect {
	alone := func(rec *record) bool { return rec.alone }
	return []defect{
		setting("date", "vaccinated_on.date", "vaccinated_on", .001, nil, func(_ *world, old string) Value { return str(old[:4] + "0231") }),
		setting("in_codes", "vaccine.in_codes", "vaccine", .001, alone, always(str("77"))),
		setting("range", "dose.range", "dose", .001, alone, always(num(0))),
		setting("sql", "dose_within_course", "dose", .001, func(rec *record) bool { return rec.alone && rec.cells[4].Text != "09" }, always(num(8))),
		setting("length", "batch_no.length", "batch_no", .001, nil, func(_ *world, old string) Value { return str(old[:3]) }),
		setting("type", "recorded_at.type", "recorded_at", .001, alone, always(str("去年春天"))),
		{"duplicates", .003, alone, func(p *planting, rec *record) {
			p.r.set(rec, "recorded_at", str("2025-12-30 10:00:00"))
			twin := p.twin(rec, str("JZ9"+p.r.get(rec, "record_no")[3:]))
			p.r.set(twin, "recorded_at", str("2017-01-02 10:00:00"))
			p.removed(twin)
		}},
		{"conflicts: sex", .003, alone, func(p *planting, rec *record) {
			other := map[string]string{"男": "女", "女": "男"}[p.r.get(rec, "sex")]
			p.r.set(rec, "sex", str(other))
			p.conflicts(rec, "sex", "DE0003", rec.who.id)
		}},
		{"quarantine: broken record", .001, nil, func(p *planting, rec *record) {
			p.quarantined(rec, "", p.r.get(rec, "record_no"))
			rec.line = []byte(strings.Join(texts(rec.cells[:4]), ","))
		}},
		{"quarantine: undecodable bytes", .001, nil, func(p *planting, rec *record) {
			p.quarantined(rec, "", p.r.get(rec, "record_no"))
			rec.line = []byte(strings.Join(texts(rec.cells[:2]), ",") + ",\xd5\xc5," + strings.Join(texts(rec.cells[3:]), ",")) // 张 in GBK
		}},
	}
}
