package deliver

import "text/template"

// samples are messages as they may be: with everything, and with nothing.
func samples() []Fields {
	hostile := "甲局\"\\乙‹›&<>'`"
	kinds := Kinds{Conflicts: 2, Doubts: 1}
	full := Fields{
		Kind: "report", Project: hostile, Bureau: hostile, BureauOffice: "科", BureauPhone: "0", Receiver: hostile, Department: hostile, Office: hostile, Release: 12,
		Made: "2026-11-23", Sentence: hostile, Problems: 3, New: 2, Open: 1, Mended: 1, Returned: 1, Exempt: 1, Conflicts: 1, Gated: 1, Score: "98.7", Grade: "良", Compared: true,
		Stale: true, Soon: 1, Overdue: 1, Late: 1, OpenOf: kinds, SoonOf: kinds, OverdueOf: kinds, LateOf: kinds, Days: 3, Due: "2026-12-14", Provisional: true, Link: "https://example.test/gongan/", Parts: []Part{{Name: hostile, Problems: 3}},
		More: 2, Attached: true, TooLarge: true, Password: "AAAAA-BBBBB",
	}
	short := full
	short.Short, short.Attached, short.Provisional = true, false, false
	return []Fields{full, short, {}}
}

// tryText fills a template in with samples.
func tryText(t *template.Template) error {
	for _, f := range samples() {
		s, err := fill(t, f)
		if err != nil {
			return err
		}
		if _, _, err := split(s); err != nil {
			return err
		}
	}
	return nil
}
