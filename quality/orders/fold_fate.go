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
	fateSaid    = "said" // mended, by its department's word alone: the rule is another
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
		" FROM " + f.old + " o FULL JOIN " + f.Failures + " n ON n.rule = o.rule AND " + f.same("n", "o")
	judged := "SELECT j.*, r.rule_item AS _item, r.rule_title AS _title, r.severity AS _grade, r.standardised AS _now, " + f.fate() + " AS _fate FROM (" + joined + ") j" +
		" LEFT JOIN ord_rule r ON r.rule = j.rule LEFT JOIN ord_there t ON " + f.same("t", "j") + " LEFT JOIN ord_unread u ON " + f.same("u", "j") + f.word()
	return "SELECT " + engine.Idents(f.Keys) + ", " + strings.Join(f.becomes(), ", ") + " FROM (" + judged + ") WHERE _fate <> '" + fateCarried + "' OR _closed_at >= " + stamp(f.Forget)
}

// fate is what becomes of an order.
func (f *folding) fate() string {
	absent := "CASE WHEN u._unread THEN '" + string(Unreadable) + "'" + f.unsettled() + " ELSE '" + string(Gone) + "' END"
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
	const changed = "(r.version <> _version OR coalesce(r.standardised <> _standardised, false))"
	steps := [][2]string{{"r.rule IS NULL", string(RuleWithdrawn)}, {"NOT r.ran", string(NotEvaluated)}}
	if f.Said != "" {
		steps = append(steps, [2]string{changed + " AND a.done > _seen_at AND a.done >= coalesce(_reopened_at, _opened_at) AND a.done < " + stamp(f.Read), fateSaid})
	}
	for _, step := range append(steps, [2]string{changed, string(RuleChanged)}, [2]string{"_seen_at >= " + stamp(f.Read), string(NotRead)}) {
		fmt.Fprintf(&s, " WHEN %s THEN '%s'", step[0], step[1])
	}
	return "CASE" + s.String() + " ELSE '" + string(Mended) + "' END"
}

// word joins what departments said.
func (f *folding) word() string {
	if f.Said == "" {
		return ""
	}
	return " LEFT JOIN " + f.Said + " a ON a.number = j.order_number"
}

// unsettled is the fate of a record that is not there where that may be by chance: the
// source was not read as of one moment, now or when the record was missed first.
func (f *folding) unsettled() string {
	missed := "coalesce(_because = '" + string(Unsettled) + "', false)"
	switch {
	case f.Torn && !f.Whole:
		missed = "true"
	case f.Torn:
		missed = "NOT " + missed
	case f.Whole:
		return ""
	}
	return " WHEN " + missed + " THEN '" + string(Unsettled) + "'"
}

// becomes are the columns after the fate.
func (f *folding) becomes() []string {
	among := func(fates ...string) string { return "_fate IN ('" + strings.Join(fates, "', '") + "')" }
	opens, closes, ends := among(fateNew, fateAgain), among(string(Mended), string(Gone), string(RuleWithdrawn), fateSaid), among(string(RuleWithdrawn), fateSaid)
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
		"CASE WHEN _fails THEN '" + string(Open) + "' WHEN " + among(string(Mended), string(Gone)) + " THEN _fate WHEN " + ends + " THEN '" + string(Ended) + "' ELSE _order_state END AS order_state",
		"CASE WHEN _fails OR " + among(string(Mended), string(Gone)) + " THEN NULL WHEN " + among(fateCarried) + " THEN _because WHEN " + among(fateSaid) + " THEN '" + string(RuleChanged) + "' ELSE _fate END AS because",
		when("NOT _had", now, "opened"), when("NOT _had", at, "opened_at"),
		when(opens, "DATE '"+f.Due.Format("2006-01-02")+"'", "due"), when(opens, fmt.Sprint(f.Soft), "provisional"),
		when("_fails", now, "seen"), when("_fails", read, "seen_at"),
		"CASE WHEN " + opens + " THEN 1 WHEN _fails AND _seen_at < " + read + " THEN _periods + 1 ELSE _periods END AS periods",
		"CASE WHEN NOT _had THEN 0 WHEN " + again + " AND _order_state <> '" + string(Ended) + "' THEN _returns + 1 ELSE _returns END AS returns",
		when(again, now, "reopened"), when(again, at, "reopened_at"),
		ended("closed", now), ended("closed_at", at),
		"coalesce(_item, _rule_item) AS rule_item", "coalesce(_title, _rule_title) AS rule_title", "coalesce(_grade, _severity) AS severity",
		when("_fails", "_now", "standardised"),
	}
}
