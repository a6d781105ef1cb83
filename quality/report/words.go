package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/quality"
)

func (b *builder) t(key text.Key, args ...any) string { return text.Format(b.Lang, key, args...) }

func cellName(column string, row int) string { return column + strconv.Itoa(row) }

// date is a day as an office writes it.
func (b *builder) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return b.t("report.date", t.Year(), int(t.Month()), t.Day())
}

// count groups a number's digits by three, for tables.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// sentence is the one a reader in a hurry reads. What is not known is left out:
// at first there is no change, and nothing is said to be mended.
func (b *builder) sentence(d *department) string {
	if len(d.Resources) == 0 {
		return b.t("report.sentence.none")
	}
	parts := []string{b.foundText(d)}
	if d.Compared {
		clause := b.change(d.Delta)
		if d.Partial {
			clause += b.t("report.sentence.partial")
		}
		parts = append(parts, clause)
	}
	s := strings.Join(parts, b.t("report.comma"))
	if d.Compared && d.Fate.Open+d.Fate.Mended+d.Fate.Again > 0 {
		s += b.t("report.sentence.mended", d.Fate.Mended, d.Fate.Open)
		if d.Fate.Again > 0 {
			s += b.t("report.sentence.again", d.Fate.Again)
		}
		if d.Fate.Gone > 0 {
			s += b.t("report.sentence.gone", d.Fate.Gone)
		}
	}
	if d.Overdue > 0 {
		s += b.t("report.sentence.overdue", d.Overdue)
	}
	if d.Disputed > 0 {
		s += b.t("report.sentence.conflicts", d.Disputed) + b.lateOf(d.DisputedLate)
	}
	if d.Doubtful > 0 {
		s += b.t("report.sentence.doubts", d.Doubtful) + b.lateOf(d.DoubtfulLate)
	}
	if d.Quarantined > 0 {
		s += b.t("report.sentence.bad", d.Quarantined)
	}
	if d.Wholes > 0 {
		s += b.t("report.sentence.wholes", d.Wholes)
	}
	s += b.t("report.full")
	if d.Late() > 0 && d.Due == "" {
		s += b.t("report.sentence.now")
	}
	if d.toMend() && d.Due != "" {
		due := d.Due
		if d.DueSoft {
			due = b.t("report.provisional", due)
		}
		s += b.t("report.sentence.due", due)
	}
	return s + b.contact(d) + b.Bureau()
}

// foundText says what was checked, of what day, and what was found. Where today's rules
// were applied to some resources alone they are named: of the others nothing is new.
func (b *builder) foundText(d *department) string {
	anew := slices.DeleteFunc(slices.Clone(d.Resources), func(r *resource) bool { return !b.rechecked(r) })
	fresh := slices.ContainsFunc(d.Resources, func(r *resource) bool { return !r.Stale && !b.rechecked(r) })
	switch when := b.date(checked(d.Resources).In(b.Now.Location())); {
	case d.Stale:
		return b.t("report.sentence.stale", d.Read, d.Problems, when)
	case fresh:
		return b.t("report.sentence.found", d.Read, d.Problems)
	case len(anew) == len(d.Resources):
		return b.t("report.sentence.recheck", d.Read, d.Problems, when)
	}
	return b.t("report.sentence.recheck.some", d.Read, d.Problems, b.date(checked(anew).In(b.Now.Location())), b.resourceNames(anew))
}

// namedMost is how many resources the first sentence names; of more it says how many.
const namedMost = 3

func (b *builder) resourceNames(list []*resource) string {
	names := make([]string, 0, namedMost)
	for _, r := range list[:min(len(list), namedMost)] {
		names = append(names, b.t("report.resource.named", r.Entry.Name))
	}
	s := strings.Join(names, b.t("report.resource.and"))
	if len(list) > namedMost {
		s = b.t("report.resource.more", s, len(list))
	}
	return s
}

// lateOf says how many of what was counted are overdue; "" for none.
func (b *builder) lateOf(n int64) string {
	if n == 0 {
		return ""
	}
	return b.t("report.late.of", n)
}

// checked is when data of resources was last pulled.
func checked(list []*resource) time.Time {
	var last time.Time
	for _, r := range list {
		if r.Now.Pulled.After(last) {
			last = r.Now.Pulled
		}
	}
	return last
}

// change says how many problems there are against the release before.
func (b *builder) change(delta int64) string {
	switch {
	case delta < 0:
		return b.t("report.sentence.less", -delta)
	case delta > 0:
		return b.t("report.sentence.more", delta)
	}
	return b.t("report.sentence.same")
}

// contact names the office that receives the report.
func (b *builder) contact(d *department) string {
	c := d.Entry.Contact
	switch {
	case c.Office != "" && c.Phone != "":
		return b.t("report.contact.phone", c.Office, c.Phone)
	case c.Office != "":
		return b.t("report.contact", c.Office)
	}
	return ""
}

// Bureau names whom a department turns to with questions, "" if guiji.yaml does not.
func (b *builder) Bureau() string {
	who := b.Project.Config.Bureau
	if who == (catalog.Bureau{}) {
		return ""
	}
	s := b.t("report.bureau", who.Name, who.Office)
	if who.Office == "" {
		s = b.t("report.bureau.alone", who.Name)
	}
	if who.Phone != "" {
		s += b.t("report.bureau.phone", who.Phone)
	}
	if who.Email != "" {
		s += b.t("report.bureau.email", who.Email)
	}
	return s + b.t("report.full")
}

// basis is the 判定依据: what the rule asks for, the element's standard and the
// indicator of GB/T 36344.
func (b *builder) basis(x *rule, asked string) string {
	var parts []string
	if asked != "" {
		parts = append(parts, asked)
	}
	for _, it := range x.Items {
		if el := b.labels[it.Element]; el != nil && el.Standard != "" && len(x.Items) == 1 {
			parts = append(parts, b.t("report.basis.element", el.Name, el.Standard))
		}
	}
	if x.Indicator != "" {
		parts = append(parts, b.t("report.basis.indicator", b.dimension(x.Indicator), x.Indicator, b.indicator(x.Indicator)))
	}
	return strings.Join(parts, "；")
}

func (b *builder) indicator(code string) string { return b.t(text.Key("report.indicator." + code)) }

// dimension is the name of the dimension an indicator, or its first digits, is in.
func (b *builder) dimension(code string) string {
	if len(code) < 2 {
		return code
	}
	for _, d := range quality.Dimensions() {
		if d.Code == code[:2] {
			return b.t(text.Key("report.dimension." + d.Code))
		}
	}
	return code
}

// reason renders a reason that is a key of the catalogue of messages; other text
// is shown as it is. What a message would name is not kept in a release, so its
// place is left open.
func (b *builder) reason(s string) string {
	if s == "" {
		return b.t("report.reason.none")
	}
	return regexp.MustCompile(`%\[\d+\][a-z]`).ReplaceAllString(b.t(text.Key(s)), "……")
}

// gate says what a shut gate means: why, and what consumers get meanwhile.
func (b *builder) gate(r *resource) string {
	why := r.Now.Gate
	if why != "" {
		why = b.t(text.Key(why))
	}
	if b.File != "" {
		return why + b.t("report.full")
	}
	if r.Now.Since == 0 {
		return b.t("report.gate.first", why)
	}
	return b.t("report.gate.old", why, r.Now.Since)
}

// state is a resource's outcome in a word.
func (b *builder) state(r *resource) string {
	switch {
	case r.Gated():
		return b.t("report.state.gated")
	case r.Stale:
		return b.t("report.state.stale")
	case b.rechecked(r):
		return b.t("report.state.recheck")
	}
	return b.t("report.state.ok")
}

// trend is a change in percentage points, in words that need no colour.
func (b *builder) trend(s score) string {
	if !s.Trended() {
		return b.t("report.trend.none")
	}
	switch t := s.Trend(); {
	case t >= 0.005:
		return b.t("report.trend.up", fmt.Sprintf("%.2f", t))
	case t <= -0.005:
		return b.t("report.trend.down", fmt.Sprintf("%.2f", -t))
	}
	return b.t("report.trend.same")
}

// Problems counts a resource's problems as listed.
func (r *resource) Problems() int64 {
	var n int64
	for _, x := range r.Rules {
		n += x.Count
	}
	return n
}
