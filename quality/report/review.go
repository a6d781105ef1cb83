package report

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// Outcomes of a problem of the release before.
const (
	fateOpen   = "open"   // 未整改
	fateMended = "mended" // 已整改: the rule ran again and the record passes
	fateGone   = "gone"   // the record is no longer there
	fateWait   = "wait"   // the rule did not run, or was changed
)

// review streams what became of the problems of the release before. A problem is
// mended only if its rule ran again, unchanged, and the record is there and
// passes; a changed rule never counts as a fix.
func (b *builder) review(ctx context.Context, r *resource, row func(rule string, key []string, outcome string) error) error {
	query, keys, err := b.reviewQuery(ctx, r)
	if err != nil || query == "" {
		return err
	}
	key := make([]string, len(keys))
	var id, version string
	var still, present bool
	dest := make([]any, 0, len(keys)+4)
	for i := range key {
		dest = append(dest, &key[i])
	}
	dest = append(dest, &id, &version, &still, &present)
	return b.stream(ctx, "report review", query, func(scan scanner) error {
		if err := scan(dest...); err != nil {
			return err
		}
		outcome := fateMended
		x := r.rules[[2]string{id, version}]
		switch {
		case still:
			outcome = fateOpen
		case x == nil || !x.evaluated():
			outcome = fateWait
			r.Fate.Wait++
		case !present:
			outcome = fateGone
			r.Fate.Gone++
		default:
			x.Fate.Mended++
			r.Fate.Mended++
		}
		return row(id, key, outcome)
	})
}

// reviewQuery is keys, rule, version, still failing, present; "" where nothing can
// be compared.
func (b *builder) reviewQuery(ctx context.Context, r *resource) (string, []string, error) {
	name := "quality/" + r.Entry.ID + "/failures"
	if !r.HasThen || r.Before.Datasets[name].Rows == 0 {
		return "", nil, nil
	}
	then, err := b.table(ctx, r.Before, name)
	if err != nil || then == nil {
		return "", nil, err
	}
	now, err := b.table(ctx, b.Release, name)
	if err != nil {
		return "", nil, err
	}
	image, err := b.image(ctx, r)
	if err != nil {
		return "", nil, err
	}
	keys := keyColumns(then)
	var s strings.Builder
	s.WriteString("SELECT ")
	for _, k := range keys {
		fmt.Fprintf(&s, "coalesce(p.%s::VARCHAR, ''), ", engine.Ident(k))
	}
	still, present, join := "false", "false", ""
	if now.has(keys...) {
		still = "f.rule IS NOT NULL"
		join += fmt.Sprintf(" LEFT JOIN (SELECT DISTINCT %s, rule, version FROM %s) f ON f.rule = p.rule AND f.version = p.version AND %s",
			engine.Idents(keys), now.sql, sameText("p", "f", keys))
	}
	if sql := presentKeys(keys, image, then); sql != "" {
		present = "i._present IS NOT NULL"
		join += " LEFT JOIN (" + sql + ") i ON " + onPresent(keys, image)
	}
	fmt.Fprintf(&s, "p.rule, p.version, %s, %s FROM %s p%s ORDER BY p.rule, p.version", still, present, then.sql, join)
	for _, k := range keys {
		s.WriteString(", " + engine.Qualified("p", k))
	}
	return s.String(), keys, nil
}

func isKeyless(keys []string) bool { return len(keys) == 1 && keys[0] == "_key" }

// presentKeys are the earlier failures' keys that the image still has.
func presentKeys(keys []string, image, then *table) string {
	if isKeyless(keys) {
		if !image.has("_hash") {
			return ""
		}
		return fmt.Sprintf("SELECT DISTINCT _hash, true AS _present FROM %s SEMI JOIN (SELECT DISTINCT left(_key, 32) AS _hash FROM %s) w USING (_hash)", image.sql, then.sql)
	}
	if !image.has(keys...) {
		return ""
	}
	return fmt.Sprintf("SELECT DISTINCT %s, true AS _present FROM %s SEMI JOIN (SELECT DISTINCT %s FROM %s) w USING (%s)",
		engine.Idents(keys), image.sql, strings.Join(cast(keys, image, ""), ", "), then.sql, engine.Idents(keys))
}

// cast reads earlier keys as the image's types, so that the image, the large side,
// is compared as it is. A key that does not fit the type is not there.
func cast(keys []string, image *table, alias string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = fmt.Sprintf("TRY_CAST(%s AS %s)", engine.Ident(k), image.types[k])
		if alias != "" {
			out[i] = fmt.Sprintf("TRY_CAST(%s AS %s)", engine.Qualified(alias, k), image.types[k])
		} else {
			out[i] += " AS " + engine.Ident(k)
		}
	}
	return out
}

func onPresent(keys []string, image *table) string {
	if isKeyless(keys) {
		return "i._hash = left(p._key, 32)"
	}
	conds := cast(keys, image, "p")
	for i, k := range keys {
		conds[i] += " = " + engine.Qualified("i", k)
	}
	return strings.Join(conds, " AND ")
}
