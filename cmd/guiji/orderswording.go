package main

import (
	"context"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/quality/orders"
	"guiji/quality/report"
	"guiji/transforms/mask"
)

// orderWording is what the department's report says of the problem.
type orderWording struct {
	Basis   string `json:"basis,omitempty"`
	Advice  string `json:"advice,omitempty"`
	Example string `json:"example,omitempty"`
	Value   string `json:"value,omitempty"`     // masked unless it is revealed
	Suggest string `json:"suggested,omitempty"` // likewise
}

// wording finds what the report would say of an order; values are masked by the class of
// the rule's items.
func (b *orderBook) wording(ctx context.Context, a *app, o *wholeOrder, reveal bool) (orderWording, error) {
	key := o.Order.Key
	if !reveal { // the list's key is masked
		err := b.Each(ctx, orders.Query{Numbers: []string{o.Number}}, func(whole orders.Order) error {
			key = whole.Key
			return nil
		})
		if err != nil {
			return orderWording{}, err
		}
	}
	t, err := report.Tell(ctx, report.Input{
		Project: b.w.project, Release: b.rel, Session: b.s, Relation: b.w.relation, Advice: advice, Lang: a.language(), Now: b.w.now(),
	}, o.Resource, o.Rule, key)
	if err != nil {
		return orderWording{}, err
	}
	out := orderWording{Basis: t.Basis, Advice: t.Advice, Example: t.Example, Value: t.Value, Suggest: t.Suggest}
	if class := b.w.classOf(o.Resource, o.Item); !reveal && class != catalog.PrivacyNone {
		for _, v := range []*string{&out.Value, &out.Suggest} {
			if *v == "" || t.Words && v == &out.Value {
				continue
			}
			if err := b.s.Row(ctx, "mask", "SELECT "+mask.Expression(class, "VARCHAR", "v")+" FROM (SELECT "+engine.Lit(*v)+" AS v)", v); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// classOf is the privacy class of a rule's items: of several, that of a direct identifier
// if one is personal.
func (w *workspace) classOf(resource, items string) catalog.Privacy {
	res := w.project.Resource(resource)
	if res == nil {
		return catalog.PrivacyDirect
	}
	names := strings.Split(items, ",")
	class := catalog.PrivacyNone
	for _, name := range names {
		it := res.Item(name)
		switch {
		case it == nil:
			return catalog.PrivacyDirect
		case it.Privacy == catalog.PrivacyNone:
		case len(names) == 1 || it.Privacy == catalog.PrivacySensitive:
			return it.Privacy
		default:
			class = catalog.PrivacyDirect
		}
	}
	return class
}

// wordingText adds the lines of a wording.
func (a *app) wordingText(line func(key text.Key, args ...any), o orderWording) {
	for _, l := range []struct {
		key   text.Key
		value string
	}{{"basis", o.Basis}, {"advice", o.Advice}, {"example", o.Example}, {"value", printable(o.Value)}, {"suggested", printable(o.Suggest)}} {
		if l.value != "" {
			line(l.key, l.value)
		}
	}
}
