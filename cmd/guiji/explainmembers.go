package main

import (
	"context"
	"encoding/json"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/mask"
	"guiji/transforms/onesource"
)

// members are the records that the crosswalk links to the subject.
func (x *explaining) members(ctx context.Context) error {
	dataset := "entity/" + x.one.Entity.ID + "/crosswalk"
	from, err := x.relation(ctx, dataset)
	if err != nil {
		return err
	}
	columns := "CAST(source AS VARCHAR), record_key, strftime(source_time, '%Y-%m-%d %H:%M:%S'), CAST(votes AS VARCHAR)"
	for _, c := range []string{"route", "own_key", "decision"} {
		if !x.has(dataset, c) { // a release of before
			c = "NULL"
		}
		columns += ", CAST(" + c + " AS VARCHAR)"
	}
	rows, err := x.texts(ctx, "explain.members", "SELECT "+columns+" FROM "+from+" WHERE entity_key = ? AND golden_id = ? ORDER BY source, record_key", x.one.Key, x.one.GoldenID)
	if err != nil {
		return err
	}
	spoken := onesource.Members(x.w.project, nil)
	for _, r := range rows {
		m := x.member(spoken, *r[0], *r[1])
		m.Time, m.Votes, m.Decision = r[2], *r[3] == "true", r[6]
		if r[4] != nil {
			m.Route = *r[4]
		}
		if m.OwnKey, err = x.shown(ctx, x.class("", "entity_key"), "VARCHAR", r[5]); err != nil {
			return err
		}
		if m.Record, err = x.record(ctx, m); err != nil {
			return err
		}
		x.out.Members = append(x.out.Members, m)
	}
	return nil
}

// keyParts are the key columns of a resource's records as of the release, and a
// record's values of them; nil values are NULL.
func (x *explaining) keyParts(resource, recordKey string) (columns []string, values []*string) {
	columns = x.rel.Datasets["standard/"+resource].Sorted
	if json.Unmarshal([]byte(recordKey), &values) != nil || len(values) != len(columns) {
		return nil, nil
	}
	return columns, values
}

// record is a record's key as its own system shows it, each part by its class.
func (x *explaining) record(ctx context.Context, m explainedMember) (string, error) {
	columns, values := x.keyParts(m.resource, m.key)
	var parts []string
	for i, c := range columns {
		if c == "_key" { // the row itself is the key: a digest tells nobody anything
			return "", nil
		}
		shown, err := x.shown(ctx, x.itemClass(m.resource, c), "VARCHAR", values[i])
		if err != nil {
			return "", err
		}
		if shown == nil {
			parts = append(parts, "NULL")
			continue
		}
		parts = append(parts, *shown)
	}
	return strings.Join(parts, "、"), nil
}

// itemClass is the privacy class of a resource's item as of the release.
func (x *explaining) itemClass(resource, item string) catalog.Privacy {
	for _, layer := range []string{"standard/", "raw/"} {
		for _, c := range x.rel.Datasets[layer+resource].Columns {
			if c.Name == item {
				return mask.Class(x.rel, layer+resource, c)
			}
		}
	}
	return catalog.PrivacyDirect // of an item that the release does not know nothing is shown
}

// says is what a member's record says of an element, as pulled; held is false where it
// has no such item.
func (x *explaining) says(ctx context.Context, m explainedMember, element string) (value *string, held bool, err error) {
	if m.member == nil || m.member.Elements[element] == nil {
		return nil, false, nil
	}
	item := m.member.Elements[element].Name
	if !x.has("raw/"+m.resource, item) {
		return nil, false, nil
	}
	row, err := x.row(ctx, m)
	if err != nil || row == nil {
		return nil, false, err
	}
	value = row[item+"_raw"]
	if value == nil {
		value = row[item]
	}
	return value, true, nil
}

// row is a member's record in the image of its resource. Where rows share a key it is
// the one that stands in standard.
func (x *explaining) row(ctx context.Context, m explainedMember) (map[string]*string, error) {
	if have, ok := x.rows[m.Source+m.key]; ok {
		return have, nil
	}
	raw, err := x.relation(ctx, "raw/"+m.resource)
	if err != nil || raw == "" {
		return nil, err
	}
	columns, values := x.keyParts(m.resource, m.key)
	if columns == nil {
		return nil, nil
	}
	var names []string
	for _, c := range x.rel.Datasets["raw/"+m.resource].Columns {
		if !strings.HasPrefix(c.Name, "_") {
			names = append(names, c.Name)
		}
	}
	query, args := "SELECT "+textColumns("r", names)+" FROM "+raw+" r WHERE ", []any{}
	if columns[0] == "_key" { // rows of one hash are equal
		hash, _, _ := strings.Cut(*values[0], "-")
		query, args = query+engine.Ident("_hash")+" = ?", append(args, hash)
	} else {
		where, more := sameKey(columns, values)
		query, args = query+where, more
		if standard, err := x.relation(ctx, "standard/"+m.resource); err != nil {
			return nil, err
		} else if standard != "" {
			query += " AND EXISTS (SELECT 1 FROM " + standard + " s WHERE " + sameColumns(x.rel.Datasets["standard/"+m.resource]) + ")"
		}
	}
	found, err := x.texts(ctx, "explain.row", query+" ORDER BY ALL LIMIT 1", args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	row := map[string]*string{}
	for i, n := range names {
		row[n] = found[0][i]
	}
	if x.rows == nil {
		x.rows = map[string]map[string]*string{}
	}
	x.rows[m.Source+m.key] = row
	return row, nil
}

func textColumns(alias string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "CAST(" + engine.Qualified(alias, n) + " AS VARCHAR)"
	}
	return strings.Join(out, ", ")
}

func sameKey(columns []string, values []*string) (where string, args []any) {
	var conds []string
	for i, c := range columns {
		if values[i] == nil {
			conds = append(conds, engine.Qualified("r", c)+" IS NULL")
			continue
		}
		conds, args = append(conds, "CAST("+engine.Qualified("r", c)+" AS VARCHAR) = ?"), append(args, *values[i])
	}
	return strings.Join(conds, " AND "), args
}

func sameColumns(d lake.Dataset) string {
	conds := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		conds[i] = engine.Qualified("s", c.Name) + " IS NOT DISTINCT FROM " + engine.Qualified("r", c.Name)
	}
	return strings.Join(conds, " AND ")
}
