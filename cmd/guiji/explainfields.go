package main

import (
	"context"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// explainedField is one field of the golden record: who won by which rule, and what
// the others say.
type explainedField struct {
	Element  string           `json:"element"`
	Name     string           `json:"name"`
	Column   string           `json:"column"`
	Value    *string          `json:"value"`
	From     []string         `json:"from,omitempty"` // sources; several only of a list
	Record   string           `json:"record,omitempty"`
	Time     *string          `json:"source_time,omitempty"`
	Rule     string           `json:"rule"`
	Rank     int              `json:"rank,omitempty"` // of a fallback, from 1
	Disputed bool             `json:"disputed,omitempty"`
	Others   []explainedValue `json:"others,omitempty"`
	Doubts   []explainedDoubt `json:"doubts,omitempty"`

	winners []string
	class   catalog.Privacy
	typ     string
}

// explainedValue is what a record says that did not win.
type explainedValue struct {
	Source string  `json:"source"`
	Title  string  `json:"title"`
	Record string  `json:"record"`
	Time   *string `json:"source_time"`
	Value  *string `json:"value"`
	Votes  bool    `json:"votes"`
	Kind   string  `json:"conflict,omitempty"` // differs, copy_has, authority_has
	Since  string  `json:"since,omitempty"`    // the release that first carried the conflict

	number, key string
}

// explainedDoubt is another value that so many departments agree on.
type explainedDoubt struct {
	Value   *string  `json:"value"`
	Holders string   `json:"holders"`
	HeldBy  []string `json:"held_by"`
	Since   string   `json:"since"`
}

// The rules that a golden value may stand by.
const (
	ruleAuthority = "authority"         // the authority's word
	ruleFallback  = "fallback"          // the authority has no record of the subject
	ruleStepIn    = "fallback_empty"    // its record is empty, and the element says that fallbacks step in
	ruleEmpty     = "authority_empty"   // the authority's record is empty, and that is an answer
	ruleUnknown   = "authority_unknown" // the authority has no record, and nobody may step in
	ruleHeldBack  = "held_back"         // nobody is registered as the authority
	ruleEarlier   = "earlier"           // by a register of before: today's knows another
)

// fields are the golden record's fields in the catalogue's order.
func (x *explaining) fields(ctx context.Context) error {
	dataset := "entity/" + x.one.Entity.ID
	var elements []*catalog.Element
	var columns []string
	for i := range x.w.project.Elements {
		el := &x.w.project.Elements[i]
		if el.Entity == x.one.Entity.ID && x.has(dataset, el.Column) {
			elements = append(elements, el)
			columns = append(columns, "CAST("+engine.Ident(el.Column)+" AS VARCHAR)", "CAST("+engine.Ident(el.Column+"__from")+" AS VARCHAR)")
		}
	}
	marked := "NULL"
	if x.has(dataset, "disputed") {
		marked = "disputed"
	}
	from, err := x.relation(ctx, dataset)
	if err != nil {
		return err
	}
	rows, err := x.texts(ctx, "explain.golden", "SELECT "+strings.Join(append(columns, marked), ", ")+" FROM "+from+" WHERE entity_key = ? AND golden_id = ?", x.one.Key, x.one.GoldenID)
	if err != nil || len(rows) == 0 {
		return err
	}
	var disputed []string
	if last := rows[0][len(columns)]; last != nil {
		disputed = strings.Split(*last, ",")
	}
	for i, el := range elements {
		f := explainedField{Element: el.Code, Name: el.Name, Column: el.Column, Disputed: slices.Contains(disputed, el.Column), class: x.class("", el.Column), typ: "VARCHAR"}
		for _, c := range x.rel.Datasets[dataset].Columns {
			if c.Name == el.Column {
				f.typ = c.Type
			}
		}
		if by := rows[0][2*i+1]; by != nil {
			f.winners = strings.FieldsFunc(*by, func(r rune) bool { return strings.ContainsRune("[], ", r) })
		}
		if f.Value, err = x.shown(ctx, f.class, f.typ, rows[0][2*i]); err != nil {
			return err
		}
		if err := x.field(ctx, el, &f); err != nil {
			return err
		}
		x.out.Fields = append(x.out.Fields, f)
	}
	return nil
}

// field fills in who won by which rule, and what all others say.
func (x *explaining) field(ctx context.Context, el *catalog.Element, f *explainedField) error {
	x.rule(el, f)
	for _, m := range x.out.Members {
		value, held, err := x.says(ctx, m, el.Code)
		if err != nil {
			return err
		}
		if slices.Contains(f.winners, m.number) && m.Votes {
			f.From = append(f.From, m.Source)
			if len(f.winners) == 1 {
				f.Record, f.Time = m.Record, m.Time
			}
			continue
		}
		if !held {
			continue
		}
		class := f.class
		if own := x.itemClass(m.resource, m.member.Elements[el.Code].Name); class == catalog.PrivacyNone {
			class = own
		}
		if value, err = x.shown(ctx, class, "VARCHAR", value); err != nil {
			return err
		}
		f.Others = append(f.Others, explainedValue{Source: m.Source, Title: m.Title, Record: m.Record, Time: m.Time, Value: value, Votes: m.Votes, number: m.number, key: m.key})
	}
	return nil
}

// rule says why the field has the value it has, by the register on the release's day.
func (x *explaining) rule(el *catalog.Element, f *explainedField) {
	day := x.rel.Created.In(x.w.zone).Format("2006-01-02")
	ref := authorityOf(el, x.rel, x.w)
	authority, _, _ := ref.Split()
	known := slices.ContainsFunc(x.out.Members, func(m explainedMember) bool { return m.resource == authority })
	switch {
	case ref == "" && el.HeldBack(day):
		f.Rule = ruleHeldBack
	case ref == "":
		f.Rule = string(el.Survivorship)
	case len(f.winners) == 0 && known:
		f.Rule = ruleEmpty
	case len(f.winners) == 0:
		f.Rule = ruleUnknown
	default:
		resource, _ := x.sourceOf(f.winners[0])
		f.Rule = ruleEarlier
		if resource == authority {
			f.Rule = ruleAuthority
		}
		rank := slices.IndexFunc(el.Fallback, func(r catalog.ItemRef) bool { id, _, _ := r.Split(); return id == resource })
		if f.Rule == ruleEarlier && rank >= 0 {
			f.Rule, f.Rank = ruleFallback, rank+1
			if known {
				f.Rule = ruleStepIn
			}
		}
	}
}

// compared adds the conflicts of the release to what the others say.
func (x *explaining) compared(ctx context.Context) error {
	from, err := x.relation(ctx, "entity/"+x.one.Entity.ID+"/conflicts")
	if err != nil || from == "" {
		return err
	}
	rows, err := x.texts(ctx, "explain.conflicts", "SELECT element, CAST(holder AS VARCHAR), record_key, kind, CAST(since AS VARCHAR) FROM "+from+" WHERE entity_key = ?", x.one.Key)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for i := range x.out.Fields {
			for j := range x.out.Fields[i].Others {
				if o := &x.out.Fields[i].Others[j]; x.out.Fields[i].Element == *r[0] && o.number == *r[1] && o.key == *r[2] {
					o.Kind, o.Since = *r[3], *r[4]
				}
			}
		}
	}
	return nil
}

// doubted adds the doubts.
func (x *explaining) doubted(ctx context.Context) error {
	from, err := x.relation(ctx, "entity/"+x.one.Entity.ID+"/doubts")
	if err != nil || from == "" {
		return err
	}
	rows, err := x.texts(ctx, "explain.doubts", "SELECT element, other_value, CAST(holders AS VARCHAR), held_by, CAST(since AS VARCHAR) FROM "+from+" WHERE entity_key = ? ORDER BY other_value, held_by", x.one.Key)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for i := range x.out.Fields {
			f := &x.out.Fields[i]
			if f.Element != *r[0] {
				continue
			}
			value, err := x.shown(ctx, f.class, "VARCHAR", r[1])
			if err != nil {
				return err
			}
			f.Doubts = append(f.Doubts, explainedDoubt{Value: value, Holders: *r[2], HeldBy: strings.Split(*r[3], ","), Since: *r[4]})
		}
	}
	return nil
}
