package report

import (
	"github.com/xuri/excelize/v2"

	"guiji/internal/text"
	"guiji/quality"
)

// fillRules writes the sheet of all rules, those that pass and those that were not
// evaluated included.
func (b *builder) fillRules(d *department, bk *book, s *sheet) error {
	for _, r := range d.Resources {
		for _, x := range r.Rules {
			state := b.t(text.Key("report.status." + string(x.Status)))
			var rate, mended any
			if x.evaluated() && x.B > 0 {
				rate = x.score().Percent()
			}
			if x.Before != nil {
				mended = x.Fate.Mended
			}
			if x.Status == quality.NotEvaluated {
				state += "：" + b.reason(x.Reason)
			}
			err := bk.add(s, b.cell(b.system(r)), b.cell(x.Rule), b.cell(x.itemLabels()), b.cell(x.Title), b.cell(x.Basis), b.cell(x.Only), b.cell(b.borne(x)), b.cell(x.Observed), b.severity(x), x.B, x.score().A, rate,
				x.Count, x.Fate.First, x.Fate.New, x.Fate.Open, mended, b.cell(state), b.cell(x.Advice), b.cell(x.Sample))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// summaryWidths are the first sheet's columns.
func summaryWidths() []float64 { return []float64{30, 14, 14, 14, 14, 14, 16} }

// summary writes the first sheet: what the page says, the files, how to fill in.
func (w *workList) summary(s *sheet) error {
	b, d, st := w.b, w.d, w.main.styles
	for i, width := range summaryWidths() {
		if err := s.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	p := &summaryPen{sheet: s, styles: st}
	p.tall(st.title, 30, b.t("report.list.title", d.Entry.Name))
	p.wide(page{builder: b}.Meta())
	p.wide(d.Sentence)
	for _, r := range d.Resources {
		if r.Gated() {
			p.wide(b.t("report.gate.line", r.Entry.Name, b.gate(r)))
		}
	}
	p.blank()
	b.summaryResources(d, p)
	p.blank()
	b.summaryFiles(w, p)
	p.blank()
	howto := []text.Key{"report.howto.fill", "report.howto.dispute", "report.howto.text", "report.howto.privacy"}
	if b.File != "" { // nobody takes it back
		howto = append([]text.Key{"report.file.howto"}, howto[2:]...)
	}
	for _, key := range howto {
		p.wide(b.t(key))
	}
	return p.err
}

func (b *builder) summaryResources(d *department, p *summaryPen) {
	p.row(p.styles.head, b.t("report.col.resource"), b.t("report.res.read"), b.t("report.res.bad"), b.t("report.res.duplicates"),
		b.t("report.rule.count"), b.t("report.res.landed"), b.t("report.res.state"))
	for _, r := range d.Resources {
		p.row(p.styles.text, b.cell(b.system(r)), r.Now.Read, r.BadRows, r.Now.Duplicates, r.Problems(), r.Now.Landed, b.state(r))
	}
	for _, r := range d.Absent {
		p.row(p.styles.text, b.cell(r.Name), nil, nil, nil, nil, nil, b.t("report.res.absent"))
	}
}

func (b *builder) summaryFiles(w *workList, p *summaryPen) {
	p.row(p.styles.head, b.t("report.files"), b.t("report.files.what"))
	p.merge("B", "G")
	for _, f := range w.index {
		what := f.What
		if f.First && what == "" {
			what = b.t("report.files.empty")
		}
		p.row(p.styles.note, f.Name, what)
		p.merge("B", "G")
	}
}

// summaryPen writes rows of the first sheet and keeps the first error.
type summaryPen struct {
	sheet  *sheet
	styles styles
	at     int
	err    error
}

func (p *summaryPen) row(style int, values ...any) { p.tall(style, 0, values...) }

func (p *summaryPen) tall(style int, height float64, values ...any) {
	p.at++
	if p.err != nil {
		return
	}
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = excelize.Cell{StyleID: style, Value: v}
		if _, ok := v.(int64); ok {
			cells[i] = excelize.Cell{StyleID: p.styles.number, Value: v}
		}
	}
	p.err = p.sheet.stream.SetRow(cellName("A", p.at), cells, excelize.RowOpts{Height: height})
}

// wide writes a paragraph over the sheet's width, as tall as it needs.
func (p *summaryPen) wide(s string) {
	width := 0.0
	for _, w := range summaryWidths() {
		width += w
	}
	p.tall(p.styles.note, lineHeight*float64(linesOf(s, width))+4, s)
	p.merge("A", "G")
}

func (p *summaryPen) blank() { p.at++ }

func (p *summaryPen) merge(from, to string) {
	if p.err == nil {
		p.err = p.sheet.stream.MergeCell(cellName(from, p.at), cellName(to, p.at))
	}
}
