package catalog

import "guiji/internal/text"

// Need is a rule of an entry that cannot do without a refused item: which one of its rows
// is which (source.key), the same (duplicates), voting (vote), or about whom (subjects).
type Need struct {
	Rule string // where it stands in the entry: source.key[0], vote
	At   Pos
	key  text.Key
	args []any
}

// Message says in a language what cannot be without the item, and what to do.
func (n Need) Message(lang text.Lang) string { return text.Format(lang, n.key, n.args...) }

// Violations are the refusal as catalog check tells it: the item, which alone is no error,
// for the rest of its entry runs; and as errors the rules without which no row of the entry
// can land.
func (r Refusal) Violations() []Violation {
	out := []Violation{{At: r.At, Resource: r.Resource, Item: r.Item, Key: r.Key, Args: r.Args, Basis: r.Basis, Severity: Warning, Way: &r.Way}}
	for _, n := range r.Needed {
		out = append(out, Violation{At: n.At, Resource: r.Resource, Item: r.Item, Key: n.key, Args: n.args, Basis: r.Basis, Severity: Error, Way: &r.Way})
	}
	return out
}

// needs are the rules of an entry that an item which is refused is part of. A cursor is
// none: it may be a column that is no item at all.
func (p *Project) needs(r *Resource, refused Refusal) []Need {
	title := r.Item(refused.Item).Title()
	var out []Need
	add := func(item, rule string, key text.Key) {
		if item == refused.Item {
			out = append(out, Need{rule, p.at(r.File, rule), key, []any{r.ID, title, string(refused.Authority), p.holder(refused.Authority)}})
		}
	}
	for i, k := range r.Source.Key {
		add(k, indexed("source.key", i), "catalog.once.needed.key")
	}
	for i, s := range r.Subjects {
		add(s.Key, indexed("subjects", i)+".key", "catalog.once.needed.subject")
	}
	if d := r.Duplicates; d != nil {
		for i, by := range d.By {
			add(by, indexed("duplicates.by", i), "catalog.once.needed.duplicates")
		}
		add(d.Keep.Item, "duplicates.keep", "catalog.once.needed.duplicates")
	}
	if r.Vote != nil {
		add(r.Vote.Item, "vote", "catalog.once.needed.vote")
	}
	return out
}
