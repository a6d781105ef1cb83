package orders

import (
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// Fates that are neither a State nor a Because.
const (
	fateNew     = "new"
	fateStill   = "still"
	fateAgain   = "again"
	fateCarried = "carried"
)

// moved is the SQL of the orders whose records go by the keys of today, with those that
// are opened now.
func (f *folding) moved() string {
	keys, found := make([]string, len(f.Keys)), make([]string, len(f.Keys))
	for i, k := range f.Keys {
		found[i] = engine.Qualified("n", k)
		keys[i] = "CASE WHEN n.rule IS NOT NULL THEN " + found[i] + " ELSE " + engine.Qualified("o", k) + " END AS " + engine.Ident(k)
	}
	var old []string
	for _, c := range Columns() {
		if c != "rule" && c != "order_number" {
			old = append(old, "o."+c+" AS _"+c)
		}
	}
	joined := "SELECT " + strings.Join(keys, ", ") + ", coalesce(n.rule, o.rule) AS rule, n.version AS _found, n.rule IS NOT NULL AS _fails, o.rule IS NOT NULL AS _had, " +
		"CASE WHEN o.rule IS NULL THEN " + numberSQL(f.Resource, "n.rule", found) + " ELSE o.order_number END AS order_number, " + strings.Join(old, ", ") +
		" FROM ord_old o FULL JOIN " + f.Failures + " n ON n.rule = o.rule AND " + f.same("n", "o")
	judged := "SELECT j.*, r.rule_item AS _item, r.rule_title AS _title, r.severity AS _grade, " + f.fate() + " AS _fate FROM (" + joined + ") j" +
		" LEFT JOIN ord_rule r ON r.rule = j.rule LEFT JOIN ord_there t ON " + f.same("t", "j") + " LEFT JOIN ord_unread u ON " + f.same("u", "j")
	return "SELECT " + engine.Idents(f.Keys) + ", " + strings.Join(f.becomes(), ", ") + " FROM (" + judged + ") WHERE _fate <> '" + fateCarried + "' OR _closed_at >= " + stamp(f.Forget)
}

// fate is what becomes of an order.
func (f *folding) fate() string {
	absent := "CASE WHEN u._unread THEN '" + string(Unreadable) + "' ELSE '" + string(Gone) + "' END"
	switch {
	case f.Doubt != "":
		absent = "'" + string(f.Doubt) + "'"
	case f.Nameless && !f.keyless():
		absent = "'" + string(Unreadable) + "'"
	}
	open := "_order_state = '" + string(Open) + "'"
	var s strings.Builder
	for _, step := range [][2]string{
		{"_fails AND NOT _had", fateNew}, {"_fails AND " + open, fateStill}, {"_fails", fateAgain}, {"NOT " + open, fateCarried},
	} {
		fmt.Fprintf(&s, " WHEN %s THEN '%s'", step[0], step[1])
	}
	s.WriteString(" WHEN t._there IS NULL THEN " + absent)
	for _, step := range []struct {
		when string
		then Because
	}{{"r.rule IS NULL", RuleWithdrawn}, {"NOT r.ran", NotEvaluated}, {"r.version <> _version", RuleChanged}, {"_seen_at >= " + stamp(f.Read), NotRead}} {
		fmt.Fprintf(&s, " WHEN %s THEN '%s'", step.when, step.then)
	}
	return "CASE" + s.String() + " ELSE '" + string(Mended) + "' END"
}

// becomes are the columns after the fate.
func (f *folding) becomes() []string {
	among := func(fates ...string) string { return "_fate IN ('" + strings.Join(fates, "', '") + "')" }
	opens, closes := among(fateNew, fateAgain), among(string(Mended), string(Gone), string(RuleWithdrawn))
	when := func(cond, then, column string) string {
		return "CASE WHEN " + cond + " THEN " + then + " ELSE _" + column + " END AS " + column
	}
	now, at, read := fmt.Sprint(f.Release), stamp(f.Now), stamp(f.Read)
	ended := func(column, then string) string {
		return "CASE WHEN _fails THEN NULL WHEN " + closes + " THEN " + then + " ELSE _" + column + " END AS " + column
	}
	again := among(fateAgain)
	return []string{
		"rule", when("_fails", "_found", "version"), "order_number",
		"CASE WHEN _fails THEN '" + string(Open) + "' WHEN " + among(string(Mended), string(Gone)) + " THEN _fate WHEN " + among(string(RuleWithdrawn)) + " THEN '" + string(Ended) + "' ELSE _order_state END AS order_state",
		"CASE WHEN _fails OR " + among(string(Mended), string(Gone)) + " THEN NULL WHEN " + among(fateCarried) + " THEN _because ELSE _fate END AS because",
		when("NOT _had", now, "opened"), when("NOT _had", at, "opened_at"),
		when(opens, "DATE '"+f.Due.Format("2006-01-02")+"'", "due"), when(opens, fmt.Sprint(f.Soft), "provisional"),
		when("_fails", now, "seen"), when("_fails", read, "seen_at"),
		"CASE WHEN " + opens + " THEN 1 WHEN _fails AND _seen_at < " + read + " THEN _periods + 1 ELSE _periods END AS periods",
		"CASE WHEN NOT _had THEN 0 WHEN " + again + " AND _order_state <> '" + string(Ended) + "' THEN _returns + 1 ELSE _returns END AS returns",
		when(again, now, "reopened"), when(again, at, "reopened_at"),
		ended("closed", now), ended("closed_at", at),
		"coalesce(_item, _rule_item) AS rule_item", "coalesce(_title, _rule_title) AS rule_title", "coalesce(_grade, _severity) AS severity",
	}
}
