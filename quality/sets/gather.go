package sets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/quality"
)

// perWord is how many rules one word holds, two bits each.
const perWord = 31

// number gives the rules to gather their slots.
func (e *evaluation) number() {
	n := 0
	for _, s := range e.set {
		s.slot = -1
		if s.expression() || s.table != "" {
			s.slot = n
			n++
		}
	}
}

// gathered are the rules with a slot, by slot.
func (e *evaluation) gathered() []*setRule {
	var out []*setRule
	for _, s := range e.set {
		if s.slot >= 0 {
			out = append(out, s)
		}
	}
	return out
}

// gather makes the table _hits: keys, masks and words of the rows that fail a
// rule or are not evaluated by an expression. Every row of Raw is in it at most
// once, so its rows can be counted. All expressions are computed in this one
// pass; where it fails, those that raise are found and the pass is made again.
func (e *evaluation) gather(ctx context.Context) error {
	e.tables = append(e.tables, "_hits", "_found")
	e.number()
	var suspects []*setRule
	for _, s := range e.set {
		if s.expression() {
			suspects = append(suspects, s)
		}
	}
	err := e.limited(ctx, len(suspects) > 0, func(ctx context.Context) error { return e.Session.Exec(ctx, "hits", e.hitsSQL()) })
	if err == nil {
		return e.ordinals(ctx)
	}
	if _, fatal := e.blamed(ctx, err); fatal != nil {
		return fatal
	}
	if err := e.part(ctx, suspects); err != nil {
		return err
	}
	e.number()
	if err := e.Session.Exec(ctx, "hits", e.hitsSQL()); err != nil {
		return err
	}
	return e.ordinals(ctx)
}

// ordinals gives the rows found their _key where Raw has only _hash. Equal rows
// fail alike, so all of them are among the rows found and get the ordinals they
// would have among all rows.
func (e *evaluation) ordinals(ctx context.Context) error {
	if !e.hashed() {
		return nil
	}
	return e.Session.Exec(ctx, "ordinals",
		"CREATE OR REPLACE TEMP TABLE _hits AS SELECT *, _hash || '-' || row_number() OVER (PARTITION BY _hash) AS _key FROM _found")
}

// hashed reports whether Raw's rows have a hash and no key yet.
func (e *evaluation) hashed() bool {
	return slices.Equal(e.Keys, []string{"_key"}) && !slices.Contains(e.names, "_key") && slices.Contains(e.names, "_hash")
}

// part halves the expressions until each that raises stands alone, and drops it.
func (e *evaluation) part(ctx context.Context, suspects []*setRule) error {
	if len(suspects) == 0 {
		return nil
	}
	codes := make([]string, len(suspects))
	for i, s := range suspects {
		codes[i] = "bit_or(" + verdict(s) + ")"
	}
	err := e.limited(ctx, true, func(ctx context.Context) error {
		_, err := e.numbers(ctx, "sql", codes, e.Raw+" r")
		return err
	})
	if err == nil {
		return nil
	}
	reason, fatal := e.blamed(ctx, err)
	if fatal != nil {
		return fatal
	}
	if len(suspects) == 1 {
		e.drop(suspects[0], reason)
		return nil
	}
	half := len(suspects) / 2
	if err := e.part(ctx, suspects[:half]); err != nil {
		return err
	}
	return e.part(ctx, suspects[half:])
}

// verdict is a rule's two bits on a row: 0 passes, 1 fails, 3 not evaluated. The
// expression is written once, so that it is computed once.
func verdict(s *setRule) string {
	chosen := s.rule.Condition("r")
	if !s.expression() {
		hit := "coalesce(" + alias(s) + "._hit, false)"
		if chosen != "" {
			hit = "(" + hit + " AND " + chosen + ")"
		}
		return hit + "::BIGINT"
	}
	value := "((\n" + s.sql.RowExpr + "\n))"
	if chosen != "" {
		value = "(CASE WHEN " + chosen + " THEN " + value + " END)"
	}
	return "xor(coalesce(" + value + "::TINYINT, 2), 1)::BIGINT"
}

func alias(s *setRule) string { return fmt.Sprintf("_b%d", s.slot) }

// hitsSQL is the statement that makes _hits. Words with expressions pass through
// a list, because a filter on them would be pushed down and compute them twice.
func (e *evaluation) hitsSQL() string {
	var words, parts, joins []string
	rules := e.gathered()
	computed := false
	for i, s := range rules {
		parts = append(parts, fmt.Sprintf("(%s << %d)", verdict(s), 2*(i%perWord)))
		if i%perWord == perWord-1 || i == len(rules)-1 {
			words = append(words, strings.Join(parts, " | "))
			parts = nil
		}
		if s.expression() {
			computed = true
			continue
		}
		on := make([]string, len(s.sql.On))
		for j, c := range s.sql.On {
			on[j] = fmt.Sprintf("%s._c%d = r.%s", alias(s), j, engine.Ident(c))
		}
		joins = append(joins, fmt.Sprintf(" LEFT JOIN %s %s ON %s", s.table, alias(s), strings.Join(on, " AND ")))
	}
	kept := e.kept()
	columns, nonzero := strings.Join(kept, ", "), e.nonzero()
	create := "CREATE OR REPLACE TEMP TABLE _hits AS "
	if e.hashed() {
		create = "CREATE OR REPLACE TEMP TABLE _found AS "
	}
	from := " FROM " + e.Raw + " r" + strings.Join(joins, "")
	switch {
	case len(words) == 0:
		return create + "SELECT " + columns + from + " WHERE " + or(nonzero)
	case !computed:
		for i, w := range words {
			columns += fmt.Sprintf(", %s AS _set%d", w, i)
			nonzero = append(nonzero, "("+w+") <> 0")
		}
		return create + "SELECT " + columns + from + " WHERE " + or(nonzero)
	}
	fields := make([]string, len(words))
	outer := strings.Join(e.named(), ", ")
	for i, w := range words {
		fields[i] = fmt.Sprintf("_set%d := %s", i, w)
		nonzero = append(nonzero, fmt.Sprintf("_v._set%d <> 0", i))
		outer += fmt.Sprintf(", _w._set%[1]d AS _set%[1]d", i)
	}
	return create + "SELECT " + outer + " FROM (SELECT " + columns + ", unnest(list_filter([struct_pack(" + strings.Join(fields, ", ") +
		")], lambda _v: " + or(nonzero) + ")) AS _w" + from + ")"
}

// named are the keys and the masks.
func (e *evaluation) named() []string {
	var out []string
	for _, k := range e.Keys {
		if e.hashed() {
			k = "_hash"
		}
		out = append(out, engine.Ident(k))
	}
	for w := range quality.Masks(e.Rules) {
		out = append(out, quality.MaskColumn(w))
	}
	return out
}

func (e *evaluation) kept() []string {
	out := e.named()
	for i, c := range out {
		out[i] = "r." + c
	}
	return out
}

// nonzero are the conditions that a row fails a row rule.
func (e *evaluation) nonzero() []string {
	var out []string
	for w := range quality.Masks(e.Rules) {
		out = append(out, quality.MaskColumn(w)+" <> 0")
	}
	return out
}

func or(conditions []string) string {
	if len(conditions) == 0 {
		return "false"
	}
	return strings.Join(conditions, " OR ")
}
