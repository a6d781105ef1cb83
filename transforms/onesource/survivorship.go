package onesource

import (
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
)

// survivorship is the rule of an element that by decision has no authority on the day;
// "" where one is asked for.
func (e Entity) survivorship(el catalog.Element, known bool) catalog.Survivorship {
	if known || el.Survivorship == catalog.SurviveAuthority {
		return ""
	}
	return el.Survivorship
}

// candidates are who speaks for an element without an authority: all that have landed,
// by name, but for those read for comparison alone. The order is part of the rules: of
// two that tie in all else the first speaks. The first of all of them, landed or not,
// gives the column its type.
func (e Entity) candidates(code string) (landed, all []Member) {
	for _, m := range e.holders(code) {
		if !m.Elements[code].RawOnly() {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b Member) int { return strings.Compare(a.Name(), b.Name()) })
	for _, m := range all {
		if m.Raw != "" {
			landed = append(landed, m)
		}
	}
	return landed, all
}

// survivor are the field's value and source where a rule settles them: each candidate
// speaks with the row that votes, and not where it is empty.
//   - latest: the newest source time; without one it is older than any
//   - longest: the most characters
//   - most_frequent: what most candidates say, compared as conflicts are
//   - list: every value that differs as text, in the order of the texts
//
// Ties go to the smaller text, then to the candidate whose name comes first. What a lambda
// names no relation of the golden records' query may be called: DuckDB would read that.
func (f field) survivor() (value, from string) {
	list := "list_filter([" + strings.Join(f.sayings(), ", ") + "], lambda one: one IS NOT NULL)"
	if len(f.candidates) == 0 {
		return "NULL", "NULL"
	}
	switch f.rule {
	case catalog.SurviveLatest:
		return f.first(list, "'t': coalesce(-epoch_us(one.seen), 9223372036854775807)")
	case catalog.SurviveLongest:
		return f.first(list, "'t': -length(one.said)")
	case catalog.SurviveMostFrequent:
		return f.first(list, "'t': -length(list_filter("+list+", lambda other: other.plain = one.plain)), 'p': one.plain")
	}
	texts := "list_sort(list_distinct(list_transform(" + list + ", lambda one: one.said)))"
	value = "CASE WHEN length(" + list + ") > 0 THEN " + texts + " END"
	from = "CASE WHEN length(" + list + ") > 0 THEN list_transform(" + texts + ", lambda said: list_filter(" + list + ", lambda one: one.said = said)[1].source) END"
	return value, from
}

// first picks the first of the sayings by an order, ties settled.
func (f field) first(list, order string) (value, from string) {
	ranked := "list_sort(list_transform(" + list + ", lambda one: {" + order + ", 'w': one.said, 'n': one.place, 'v': one.v, 's': one.source}))[1]"
	return ranked + ".v", ranked + ".s"
}

// sayings are what the candidates say, in their order: structs, NULL where one is
// silent. A value that does not fit the field's type without loss is none.
func (f field) sayings() []string {
	out := make([]string, len(f.candidates))
	for i, m := range f.candidates {
		typ := m.Elements[f.element.Code].Type
		v, kind := fmt.Sprintf("s%d.v%d", m.Source, f.index), f.typ
		if f.rule == catalog.SurviveList {
			kind = typ
		}
		v = converted(v, typ, kind)
		text, plain := asText(v, kind), "NULL"
		if f.rule == catalog.SurviveMostFrequent {
			plain = normal(text)
		}
		out[i] = fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN {'said': %[2]s, 'plain': %[3]s, 'seen': s%[4]d.seen, 'place': %[5]d, 'source': %[6]s, 'v': %[7]s} END",
			v, text, plain, m.Source, i, number(m.Source), f.saidAs(v))
	}
	return out
}

// saidAs is the value as it goes into the golden record.
func (f field) saidAs(v string) string {
	if f.rule == catalog.SurviveList {
		return "NULL"
	}
	return "CAST(" + v + " AS " + sqlType(f.typ) + ")"
}

// goldenTypes are the types of the field's value and source in the golden record: lists
// of the same length for the rule list, each value as text with the first who says it.
func (f field) goldenTypes() (value, from string) {
	if f.rule == catalog.SurviveList {
		return "VARCHAR[]", "SMALLINT[]"
	}
	return sqlType(f.typ), "SMALLINT"
}
