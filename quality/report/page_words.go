package report

import (
	"html/template"
	"slices"
	"strings"

	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
)

// scores are what a template shows of a department's or the whole's evaluation.
type scores struct {
	P     page
	Card  quality.Scorecard
	List  []dimension
	Trend []point
}

// Scores hands a template the evaluation of the department or, on the overall page, of all.
func (p page) Scores() scores {
	if p.D != nil {
		return scores{p, p.D.Card, p.D.Dimensions, p.D.Trend}
	}
	return scores{p, p.All.Card, p.All.Dimensions, p.All.Trend}
}

// MeasureName is an indicator's name.
func (p page) MeasureName(code string) string { return p.measureName(code) }

// MarkText is a measure's score; "" where nothing was evaluated.
func (p page) MarkText(m quality.Measure) string {
	if !m.Evaluated {
		return ""
	}
	return mark(m.Score)
}

// RateText is a measure's A/B as a rate.
func (p page) RateText(m quality.Measure) string { return percent(m.A, m.B) }

// Meta is the line below the title.
func (p page) Meta() string {
	if p.File != "" {
		return p.t("report.file.meta", p.File, p.date(p.Now))
	}
	return p.t("report.meta", p.Release.Version, p.date(p.Now))
}

// Title is the page's: of what was collected, or of a file before it is reported.
func (p page) Title() string {
	if p.File != "" {
		return p.t("report.file.title")
	}
	return p.t("report.title")
}

// Dimension is a dimension's name.
func (p page) Dimension(code string) string { return p.dimension(code) }

// Trend marks a change with a sign and a colour.
func (p page) Trend(of any) template.HTML {
	var s score
	switch v := of.(type) {
	case score:
		s = v
	case dimension:
		s = v.score
	}
	class := "none"
	if s.Trended() && s.Trend() >= 0.005 {
		class = "up"
	} else if s.Trended() && s.Trend() <= -0.005 {
		class = "down"
	}
	return template.HTML(`<span class="` + class + `">` + template.HTMLEscapeString(p.trend(s)) + `</span>`)
}

// GateText says why a gate is shut and what it means.
func (p page) GateText(r *resource) string { return p.gate(r) }

// Tasks are the catalogue tasks a department is asked to do.
func (p page) Tasks() []lake.Task {
	return slices.DeleteFunc(slices.Clone(p.Release.Tasks), func(t lake.Task) bool { return !slices.Contains(t.Departments(), p.D.Entry.ID) })
}

// TaskAbout names what one is about: a resource, or the register of data elements.
func (p page) TaskAbout(t lake.Task) string {
	if t.Resource == "" {
		return p.t("report.task.register")
	}
	return p.ResourceName(t.Resource)
}

// TaskText says what one is about and what follows from it.
func (p page) TaskText(t lake.Task) string {
	key := text.Key("report.task.open")
	if t.Stops {
		key = "report.task.stops"
	}
	return p.t(key, t.In(p.Lang), t.Opened)
}

// TaskDue says by when it is to be mended, and by which rule.
func (p page) TaskDue(t lake.Task) string {
	switch {
	case t.Due == "":
		return ""
	case t.Overdue(p.Now):
		return p.t("report.task.overdue", t.Due, t.Basis)
	case t.Provisional:
		return p.t("report.task.provisional", t.Due, t.Basis)
	}
	return p.t("report.task.due", t.Due, t.Basis)
}

// ResourceName is the name of a resource's entry.
func (p page) ResourceName(id string) string {
	if res := p.Project.Resource(id); res != nil {
		return res.Name
	}
	return id
}

// StateText is a resource's outcome in a word.
func (p page) StateText(r *resource) string { return p.state(r) }

// SeverityText is a rule's severity in a word.
func (p page) SeverityText(r *rule) string { return p.severity(r) }

// ItemText names a rule's items.
func (p page) ItemText(r *rule) string { return r.itemLabels() }

// ReasonText says why a rule did not run.
func (p page) ReasonText(r *rule) string { return p.reason(r.Reason) }

// CountText says how many records fail a rule and what is new among them.
func (p page) CountText(r *rule) string {
	s := p.t("report.rowcount", count(r.Count))
	if r.B > 0 {
		s = p.t("report.count.of", count(r.Count), count(r.B))
	}
	if r.Before != nil {
		s += p.t("report.count.fate", count(r.Fate.New), count(r.Fate.Open), count(r.Fate.Mended))
	}
	return s
}

// ExampleNote says what the examples are and where the rest is.
func (p page) ExampleNote(r *rule) string {
	note := p.MoreNote(r.Count, len(r.Examples), "report.sheet.problems")
	return p.t("report.example.key", p.keyName(r.Resource)) + note
}

// PagesNote says what the pages list.
func (p page) PagesNote() string {
	if per := p.PagedPerRule; per > 0 {
		for _, r := range p.D.Resources {
			for _, x := range r.Rules {
				if x.Count > x.Paged {
					return p.t("report.pages.note.some", count(p.D.Problems), len(p.D.Pages), count(per))
				}
			}
		}
	}
	return p.t("report.pages.note", count(p.D.Problems), len(p.D.Pages))
}

// CutNote says where the rest of a rule's problems is; "" where there is none.
func (p page) CutNote(r *rule) string {
	if r.Count <= r.Paged {
		return ""
	}
	return p.t("report.more", count(r.Paged), count(r.Count), p.t("report.sheet.problems"))
}

// MoreNote says that a list is whole, or how much of it is shown and where the
// whole is.
func (p page) MoreNote(all int64, shown int, sheet string) string {
	if all <= int64(shown) {
		return p.t("report.more.all", count(all))
	}
	return p.t("report.more", count(int64(shown)), count(all), p.t(text.Key(sheet)))
}

// ConflictTitle says what disagrees with whom.
func (p page) ConflictTitle(d *dispute) string {
	return p.t(text.Key("report.title."+d.Kind), count(d.Count), p.side(d.Authority))
}

// ConflictWho says who must change what.
func (p page) ConflictWho(d *dispute) string {
	s := p.t(text.Key("report.do."+d.Kind), d.Holder.Resource, p.side(d.Authority))
	if d.New > 0 && p.Previous != nil {
		s += p.t("report.conflict.new", count(d.New))
	}
	if d.Late > 0 {
		s += p.t("report.conflict.late", count(d.Late))
	}
	return s
}

// ConfirmText asks the authority to confirm what only others have.
func (p page) ConfirmText(d *dispute) string {
	s := p.t("report.confirm", d.Label, count(d.Count), p.side(d.Holder), p.side(d.Authority))
	if d.Late > 0 {
		s += p.t("report.conflict.late", count(d.Late))
	}
	if d.Next != nil {
		s += p.t("report.conflict.next", d.Next.Text)
	}
	return s
}

func (p page) side(x party) string {
	if x.Department == "" {
		return p.t("report.noauthority")
	}
	return x.DepartmentName + "《" + strings.TrimSpace(x.Resource) + "》"
}

// WantedText says what a rule of the whole asks for.
func (p page) WantedText(r *rule) string { return p.wanted(r) }

// EffectText says what a failure does beside being listed; "" if nothing.
func (p page) EffectText(r *rule) string {
	if borne := p.borne(r); borne != "" && r.Status == quality.Pass {
		return p.t("report.effect.borne", borne)
	} else if borne != "" {
		return p.t("report.effect.beyond", borne)
	}
	switch r.OnFail {
	case quality.Quarantine:
		if r.Resource.Released > 0 {
			return p.t("report.effect.let", p.t("report.h.released"))
		}
		return p.t("report.effect.quarantine")
	case quality.Block:
		return p.t("report.effect.block")
	}
	return ""
}

// RefusedText names the items of a resource that were not collected, since they can
// be had by sharing, with their authority; "" if there are none.
func (p page) RefusedText(r *resource) string {
	var parts []string
	for _, ref := range r.Now.Refused {
		_, name, _ := strings.Cut(ref, ".")
		it := r.Entry.Item(name)
		if it == nil {
			parts = append(parts, name)
			continue
		}
		s := label(it)
		if el := p.labels[it.Element]; el != nil && len(el.Authority) > 0 {
			id, _, _ := strings.Cut(string(el.Authority[len(el.Authority)-1].Item), ".")
			s = p.t("report.refused.item", s, p.side(p.party(id)))
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return ""
	}
	return p.t("report.refused", r.Entry.Name, strings.Join(parts, "；"))
}

// PageName is the file of a page of the list.
func (p page) PageName(n int) string { return pageName(n) }

// KeyName names the columns of a rule's records' key.
func (p page) KeyName(r *rule) string { return p.keyName(r.Resource) }
