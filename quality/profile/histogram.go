package profile

import (
	"database/sql"
	"fmt"

	"guiji/catalog"
	"guiji/lake"

	"guiji/internal/engine"
)

// bins is how many stretches a histogram has at most.
const bins = 24

// axis is what a histogram counts along: v as a number, and the text of such a number.
type axis struct{ at, text string }

func (w *work) axis() (axis, bool) {
	switch {
	case w.out.kind == words:
		w.out.Lengths = true
		return axis{"length(v)::DOUBLE", "%s::BIGINT::VARCHAR"}, w.out.Longest-w.out.Shortest > 2
	case w.hidden() || w.out.Distinct < 2:
		return axis{}, false
	case w.out.kind == number:
		return axis{"v::DOUBLE", `regexp_replace(round(%s, 6)::VARCHAR, '\.0$', '')`}, true
	case w.class == catalog.PrivacyQuasi:
		return axis{"epoch(v::TIMESTAMP) / 86400", "year(DATE '1970-01-01' + (%s)::INTEGER)::VARCHAR"}, true
	}
	return axis{"epoch(v::TIMESTAMP) / 86400", "(DATE '1970-01-01' + (%s)::INTEGER)::DATE::VARCHAR"}, true
}

// histogram counts rows by stretches of one width between the first and the last
// percentile; what lies outside is counted in the first and the last.
func (w *work) histogram(lake.Column) error {
	a, ok := w.axis()
	if !ok {
		w.out.Lengths = false
		return nil
	}
	whole := w.out.kind == words || w.out.kind == day
	width := "greatest((hi - lo) / %d, 1e-9)"
	if whole {
		width = "greatest(ceil((hi - lo + 1) / %d), 1)"
	}
	query := fmt.Sprintf("WITH a AS (SELECT %s AS x, n FROM held), u AS (SELECT x, n, sum(n) OVER (ORDER BY x) AS upto, sum(n) OVER () AS total FROM a), "+
		"e AS (SELECT min(x) FILTER (WHERE upto >= 0.01 * total) AS lo, min(x) FILTER (WHERE upto >= 0.99 * total) AS hi, min(x) AS least, max(x) AS greatest FROM u), "+
		"s AS (SELECT *, "+width+" AS step FROM e), "+
		"b AS (SELECT least(greatest(floor((x - lo) / step), 0), %d)::BIGINT AS bin, sum(n)::BIGINT AS n FROM a, s WHERE x IS NOT NULL GROUP BY 1) "+
		"SELECT bin, n, %s, %s FROM b, s ORDER BY bin",
		a.at, bins, bins-1,
		fmt.Sprintf(a.text, "CASE WHEN bin = 0 THEN least(lo, least) ELSE lo + bin * step END"),
		fmt.Sprintf(a.text, fmt.Sprintf("CASE WHEN bin = %d OR lo + (bin + 1) * step > greatest THEN greatest ELSE lo + (bin + 1) * step END", bins-1)))
	last := int64(-1)
	return w.Session.Each(w.ctx, "profile", query, func(scan engine.Scanner) error {
		var bin int64
		var from, to sql.NullString
		var b Bin
		if err := scan(&bin, &b.N, &from, &to); err != nil {
			return err
		}
		for last++; last < bin; last++ { // a stretch that nothing lies in
			w.out.Bins = append(w.out.Bins, Bin{})
		}
		b.From, b.To = veil(from.String), veil(to.String)
		w.out.Bins = append(w.out.Bins, b)
		return nil
	})
}
