package report

import (
	"regexp"
	"strings"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/quality"
	"guiji/quality/checks"
)

// codesShown is how many codes of a table a page lists; a longer table is named.
const codesShown = 12

// bound are a resource's rules as the catalogue has them now, by id and version.
// A rule of a release whose definition has changed since is not among them.
func (b *builder) bound(res *catalog.Resource) map[[2]string]*quality.Rule {
	items := make([]*catalog.Item, len(res.Items))
	for i := range res.Items {
		items[i] = &res.Items[i]
	}
	env := &quality.Env{Project: b.Project, Resource: res, Today: b.Now.Format("2006-01-02")}
	rules, _ := quality.Bind(env, items, nil, checks.All()) // what cannot be bound is catalog check's to say
	out := make(map[[2]string]*quality.Rule, len(rules))
	for _, r := range rules {
		out[[2]string{r.ID, r.Version}] = r
	}
	return out
}

// requirement says in words what a rule asks for, with its parameters; "" where
// the check's own example says it.
func (b *builder) requirement(r *quality.Rule) string {
	if r == nil || len(r.Items) == 0 {
		return ""
	}
	name := label(r.Items[0])
	switch p := r.Params.(type) {
	case *checks.RangeParams:
		return b.limits("report.req.range", dated(r.Items[0]), name, b.limit(string(p.Min)), b.limit(string(p.Max)))
	case *checks.LengthParams:
		if p.Min == p.Max {
			return b.t("report.req.length", name, p.Min)
		}
		return b.limits("report.req.lengths", "", name, number(p.Min), number(p.Max))
	case *checks.RegexParams:
		return b.t("report.req.regex", name, p.Pattern)
	case *checks.InCodesParams:
		if p.Prefix > 0 {
			name = b.t("quality.prefixed", name, p.Prefix)
		}
		return b.codes(name, p.Table)
	case *checks.CompareParams:
		if len(r.Items) > 1 {
			return b.t("report.req.compare", name, b.relation(p.Op, dated(r.Items[0])), label(r.Items[1]))
		}
	case *checks.ForeignKeyParams:
		return b.foreign(labels(r.Items), p)
	case *checks.SQLParams:
		return b.t("report.req.sql", labelled(p.Expr, r.Items))
	}
	return b.plain(r)
}

// labelled is an expression with its items' Chinese names; what stands in quotes
// is a value and stays.
func labelled(expr string, items []*catalog.Item) string {
	names := make(map[string]string, len(items))
	for _, it := range items {
		names[it.Name] = label(it)
	}
	word := regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	parts := strings.Split(expr, "'")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = word.ReplaceAllStringFunc(parts[i], func(w string) string {
			if n, ok := names[w]; ok {
				return n
			}
			return w
		})
	}
	return strings.Join(parts, "'")
}

// plain is the requirement of the checks without parameters.
func (b *builder) plain(r *quality.Rule) string {
	all := labels(r.Items)
	switch {
	case r.Check == nil:
		return ""
	case r.Check == checks.NotNull:
		return b.t("report.req.filled", all)
	case r.Check == checks.Unique, r.Check.Name == quality.KeyCheck:
		return b.t("report.req.unique", all)
	case r.Check.Name == quality.TypeCheck:
		return b.t("report.req.type", all, b.typeWords(r.Items[0].Type))
	}
	return ""
}

// dated is the suffix of messages that speak of days, not of amounts.
func dated(it *catalog.Item) text.Key {
	if k := it.Type.Kind; k == catalog.Date || k == catalog.Time || k == catalog.Year {
		return ".date"
	}
	return ""
}

// limits words a range that may be open at either end.
func (b *builder) limits(key, dated text.Key, name, low, high string) string {
	switch {
	case low == "" && dated != "":
		return b.t(key+".max_date", name, high)
	case low == "":
		return b.t(key+".max", name, high)
	case high == "" && dated != "":
		return b.t(key+".min_date", name, low)
	case high == "":
		return b.t(key+".min", name, low)
	}
	return b.t(key, name, low, high)
}

// limit is one end of a range; today is the day of the check.
func (b *builder) limit(s string) string {
	if s == "today" {
		return b.t("report.req.today")
	}
	return s
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return count(int64(n))
}

// codes lists a short code table.
func (b *builder) codes(name, table string) string {
	t := b.Project.Codes[table]
	if t == nil || len(t.Codes) > codesShown {
		n := 0
		if t != nil {
			n = len(t.Codes)
		}
		return b.t("report.req.table", name, table, n)
	}
	list := make([]string, len(t.Codes))
	for i, c := range t.Codes {
		list[i] = c.Code + " " + c.Name
	}
	return b.t("report.req.codes", name, strings.Join(list, "、"))
}

// foreign names the resource and the items values must be found in.
func (b *builder) foreign(names string, p *checks.ForeignKeyParams) string {
	id, items := p.Referenced()
	r := b.Project.Resource(id)
	if r == nil {
		return b.t("report.req.foreign", names, id, id, strings.Join(items, "、"))
	}
	for i, name := range items {
		if it := r.Item(name); it != nil {
			items[i] = label(it)
		}
	}
	return b.t("report.req.foreign", names, b.party(id).DepartmentName, r.Name, strings.Join(items, "、"))
}

// labels are the items' names as readers know them.
func labels(items []*catalog.Item) string {
	names := make([]string, len(items))
	for i, it := range items {
		names[i] = label(it)
	}
	return strings.Join(names, "、")
}

// relation words a comparison.
func (b *builder) relation(op string, dated text.Key) string {
	key, ok := map[string]text.Key{
		"<=": "report.op.le" + dated, "<": "report.op.lt" + dated, ">=": "report.op.ge" + dated, ">": "report.op.gt" + dated,
		"=": "report.op.eq", "!=": "report.op.ne",
	}[op]
	if !ok {
		return op
	}
	return b.t(key)
}

// typeWords says what a catalogue type takes.
func (b *builder) typeWords(t catalog.Type) string {
	switch t.Kind {
	case catalog.Text:
		if t.Length == 0 {
			return b.t("report.type.text")
		}
		return b.t("report.type.chars", t.Length)
	case catalog.Number:
		if t.Scale == 0 {
			return b.t("report.type.integer", t.Precision)
		}
		return b.t("report.type.decimal", t.Precision, t.Scale)
	case catalog.Date:
		return b.t("report.type.date")
	case catalog.Time:
		return b.t("report.type.time")
	case catalog.Year:
		return b.t("report.type.year")
	}
	return t.String()
}
