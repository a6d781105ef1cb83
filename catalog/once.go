package catalog

import (
	"slices"
	"strings"
	"time"

	"guiji/internal/text"
)

// Refusal is an item that must not be collected: its element has an authority
// elsewhere, and it is neither a registered fallback nor a copy within its term.
type Refusal struct {
	Resource  string
	Item      string
	Element   string
	Authority ItemRef
	At        Pos
	Key       text.Key
	Args      []any
	Basis     string
	Way       Way
	Needed    []Need // rules of the entry that cannot do without it: as long as there are any, nothing of the entry lands
}

// Message is the refusal in a language, without place and basis.
func (r Refusal) Message(lang text.Lang) string { return text.Format(lang, r.Key, r.Args...) }

// CollectOnce tells which items of published entries must not be collected at a
// date: 可以通过共享方式获得数据的，不得通过其他方式重复采集. Identifiers that link
// records may be held by all; an entry that has the authority itself may say the same
// of several subjects (husband and wife). The rest of an entry runs, if it can.
func (p *Project) CollectOnce(date time.Time) []Refusal {
	day := date.Format(time.DateOnly)
	basis := p.Cite("collect_once", day)
	var out []Refusal
	for _, r := range p.Resources {
		if r.Status != Published {
			continue
		}
		var refusals []Refusal
		for _, c := range r.carries() {
			if refusal, refused := p.refuse(r, c, day); refused {
				refusals = append(refusals, refusal)
			}
		}
		for _, refusal := range append(refusals, p.sameColumn(r, refusals)...) {
			refusal.Basis, refusal.Way, refusal.Needed = basis, p.way(refusal.Authority, date), p.needs(r, refusal)
			out = append(out, refusal)
		}
	}
	return out
}

// sameColumn are items that stand for no element and read the column of one that is
// refused: what must not be collected is not collected under another name.
func (p *Project) sameColumn(r *Resource, refusals []Refusal) []Refusal {
	stands := r.carries()
	var out []Refusal
	for i := range r.Items {
		it := &r.Items[i]
		if slices.ContainsFunc(stands, func(c carried) bool { return c.item == it.Name }) {
			continue
		}
		for _, of := range refusals {
			if first := r.Item(of.Item); strings.EqualFold(first.Column, it.Column) {
				again := of
				again.Item, again.At = it.Name, p.at(r.File, indexed("items", i))
				again.Key, again.Args = "catalog.once.column", []any{it.Title(), it.Column, first.Title(), string(of.Authority), p.holder(of.Authority)}
				out = append(out, again)
				break
			}
		}
	}
	return out
}

func (p *Project) refuse(r *Resource, c carried, day string) (Refusal, bool) {
	e, it := p.Element(c.element), r.Item(c.item)
	if e == nil || it == nil || p.Linking(c.element) {
		return Refusal{}, false
	}
	own := ItemRef(r.ID + "." + c.item)
	terms := e.Authority.ActiveOn(day)
	if len(terms) == 0 || slices.ContainsFunc(terms, func(t AuthorityTerm) bool { return t.Item.of(r) }) {
		return Refusal{}, false
	}
	out := Refusal{Resource: r.ID, Item: c.item, Element: c.element, Authority: terms[0].Item, At: p.at(r.File, c.path)}
	holder := p.holder(terms[0].Item)
	switch {
	case it.Role != RoleCopy && !slices.Contains(e.Fallback, own):
		out.Key, out.Args = "catalog.once.elsewhere", []any{it.Title(), c.element, e.Name, string(terms[0].Item), holder}
	case it.HeldSince == "" || it.CleanUpBy == "" || strings.TrimSpace(it.LegalBasis) == "":
		out.Key, out.Args = "catalog.once.unfounded", []any{it.Title(), string(terms[0].Item), holder}
	case it.CleanUpBy < day:
		out.Key, out.Args = "catalog.once.over", []any{it.Title(), it.CleanUpBy, string(terms[0].Item), holder}
	default:
		return Refusal{}, false
	}
	return out, true
}
