package report

import (
	"context"
	"strings"

	"guiji/internal/engine"
)

// quarantine streams a resource's rows that could not be read, as they stand in the
// source: line 2 before line 10.
func (b *builder) quarantine(ctx context.Context, r *resource, row func(badRow) error) error {
	t, err := b.table(ctx, b.Release, "quality/"+r.Entry.ID+"/quarantine")
	if err != nil || t == nil {
		return err
	}
	query := `SELECT coalesce(place, ''), coalesce(key, ''), coalesce("column", ''), coalesce("text", ''), coalesce(reason, '') FROM ` +
		t.sql + ` ORDER BY regexp_replace(place, '[0-9]+$', ''), TRY_CAST(regexp_extract(place, '[0-9]+$') AS BIGINT), place, key, "column", "text", reason`
	return b.stream(ctx, "report quarantine", query, func(scan scanner) error {
		var x badRow
		if err := scan(&x.Place, &x.Key, &x.Column, &x.Text, &x.Reason); err != nil {
			return err
		}
		x.Reason = b.reason(x.Reason)
		x.Key = readableKey(x.Key)
		x.Column = r.columnLabel(x.Column)
		r.BadRows++
		if len(r.Bad) < examples {
			r.Bad = append(r.Bad, x)
		}
		return row(x)
	})
}

// columnLabel adds the Chinese name to a column of the source.
func (r *resource) columnLabel(column string) string {
	for i := range r.Entry.Items {
		it := &r.Entry.Items[i]
		if column != "" && (it.Column == column || it.Name == column) && it.Label != "" && it.Label != column {
			return it.Label + "（" + column + "）"
		}
	}
	return column
}

// duplicates streams a resource's records that were removed, with the record that
// stays.
func (b *builder) duplicates(ctx context.Context, r *resource, row func(key, kept string) error) error {
	t, err := b.table(ctx, b.Release, "quality/"+r.Entry.ID+"/duplicates")
	if err != nil || t == nil {
		return err
	}
	var keys, sel []string
	for _, c := range t.names {
		if c != "kept" {
			keys = append(keys, engine.Ident(c))
			sel = append(sel, "coalesce("+engine.Ident(c)+"::VARCHAR, '')")
		}
	}
	list := strings.Join(keys, ", ")
	key, kept := make([]string, len(keys)), ""
	dest := make([]any, 0, len(keys)+1)
	for i := range key {
		dest = append(dest, &key[i])
	}
	dest = append(dest, &kept)
	return b.stream(ctx, "report duplicates", "SELECT "+strings.Join(sel, ", ")+", coalesce(kept, '') FROM "+t.sql+" ORDER BY "+list, func(scan scanner) error {
		if err := scan(dest...); err != nil {
			return err
		}
		return row(strings.Join(key, "、"), readableKey(kept))
	})
}
