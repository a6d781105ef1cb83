package main

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// catalogueOf tells whether the register and the members' entries are today as they were
// when the release was made, as its meta datasets have them. Where they are not, or the
// release does not tell, names, items and rules of the explanation are today's, and it
// says so.
func (x *explaining) catalogueOf(ctx context.Context) error {
	then, err := x.catalogueThen(ctx)
	if err != nil {
		return err
	}
	x.out.Today = then == nil || !maps.Equal(then, x.catalogueToday())
	return nil
}

// memberResources are the resources of the subject's records.
func (x *explaining) memberResources() []string {
	var out []string
	for _, m := range x.out.Members {
		if !slices.Contains(out, m.resource) {
			out = append(out, m.resource)
		}
	}
	return out
}

// catalogueThen are the lines of the release's catalogue that an explanation rests on;
// nil where it has none.
func (x *explaining) catalogueThen(ctx context.Context) (map[string]bool, error) {
	if !x.has("meta/elements", "authority") || !x.has("meta/items", "role") {
		return nil, nil
	}
	elements, err := x.relation(ctx, "meta/elements")
	if err != nil {
		return nil, err
	}
	items, err := x.relation(ctx, "meta/items")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, q := range []struct {
		query string
		args  []string
	}{
		{"SELECT element, name, \"column\", coalesce(authority, '') FROM " + elements + " WHERE entity = ?", []string{x.one.Entity.ID}},
		{"SELECT resource, item, coalesce(element, ''), coalesce(role, '') FROM " + items + " WHERE resource = ?", x.memberResources()},
	} {
		for _, arg := range q.args {
			rows, err := x.texts(ctx, "explain.catalogue", q.query, arg)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				out[*r[0]+"\x00"+*r[1]+"\x00"+*r[2]+"\x00"+*r[3]] = true
			}
		}
	}
	return out, nil
}

// catalogueToday are the same lines of today's catalogue.
func (x *explaining) catalogueToday() map[string]bool {
	out := map[string]bool{}
	for _, el := range x.w.project.Elements {
		if el.Entity != x.one.Entity.ID {
			continue
		}
		var authorities []string
		for _, a := range el.Authority {
			authorities = append(authorities, string(a.Item))
		}
		out[strings.Join([]string{el.Code, el.Name, el.Column, strings.Join(authorities, " ")}, "\x00")] = true
	}
	for _, id := range x.memberResources() {
		r := x.w.project.Resource(id)
		if r == nil {
			continue
		}
		for _, it := range r.Items {
			out[strings.Join([]string{id, it.Name, it.Element, string(it.Role)}, "\x00")] = true
		}
	}
	return out
}
