package report

import (
	"strconv"
	"strings"

	"guiji/catalog"
	"guiji/quality"
	"guiji/quality/checks"
)

// spec is a rule as its entry writes it; nil for one that nobody writes.
func (r *resource) spec(rule *quality.Rule) *catalog.CheckSpec {
	if rule == nil || rule.At.Line == 0 {
		return nil
	}
	lists := [][]catalog.CheckSpec{r.Entry.Checks}
	for i := range r.Entry.Items {
		lists = append(lists, r.Entry.Items[i].Checks)
	}
	for _, list := range lists {
		for i := range list {
			if list[i].At == rule.At && list[i].Kind == rule.Check.Name {
				return &list[i]
			}
		}
	}
	return nil
}

// only says which records a rule judges, in words; "" where it judges all.
func (b *builder) only(r *resource, spec *catalog.CheckSpec) string {
	if spec == nil {
		return ""
	}
	parts := make([]string, len(spec.Where))
	for i, t := range spec.Where {
		name := t.Item
		if it := r.Entry.Item(t.Item); it != nil {
			name = label(it)
		}
		parts[i] = b.chosen(name, t)
	}
	return strings.Join(parts, b.t("report.where.and"))
}

// chosen is one term.
func (b *builder) chosen(name string, t catalog.WhereTerm) string {
	values := strings.Join(t.Values, b.t("report.where.or"))
	switch {
	case t.Null && t.Not:
		return b.t("report.where.filled", name)
	case t.Null:
		return b.t("report.where.empty", name)
	case t.Values != nil && t.Not:
		return b.t("report.where.not", name, values)
	case t.Values != nil:
		return b.t("report.where.is", name, values)
	}
	s := b.limits("report.req.range", "", name, b.limit(t.Min), b.limit(t.Max))
	if t.Not {
		return b.t("report.where.outside", s)
	}
	return s
}

// borne says how much may fail while the rule passes; "" for nothing.
func (b *builder) borne(x *rule) string {
	if x.tolerance() == 0 {
		return ""
	}
	return strconv.FormatFloat(100*x.tolerance(), 'f', -1, 64) + "%"
}

// Whole reports whether the rule judges the resource as a whole: it names no records.
func (r *rule) Whole() bool { return r.Bound != nil && r.Bound.Check.Table != nil }

// failsWhole reports whether the resource as a whole does not meet the rule.
func (r *rule) failsWhole() bool { return r.Whole() && r.Status == quality.Fail }

// wanted says what a rule of the whole asks of the number it judges; "" where its title
// says it.
func (b *builder) wanted(x *rule) string {
	if x.Bound == nil {
		return ""
	}
	var p checks.BetweenParams
	switch v := x.Bound.Params.(type) {
	case *checks.BetweenParams:
		p = *v
	case *checks.RowCountParams:
		p = v.BetweenParams
	case *checks.QuantileParams:
		p = v.BetweenParams
	case *checks.MostCommonParams:
		p = v.BetweenParams
	}
	low, high := string(p.Min), string(p.Max)
	switch {
	case low != "" && high != "":
		return b.t("report.whole.between", low, high)
	case low != "":
		return b.t("report.whole.min", low)
	case high != "":
		return b.t("report.whole.max", high)
	}
	return x.Sample
}
