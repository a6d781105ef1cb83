package profile

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// most is how many values and patterns are listed of a column.
const most = 10

// kind is what can be asked of a column's values.
type kind int

const (
	other kind = iota
	words
	number
	day
	moment
)

func kindOf(duck string) kind {
	switch base, _, _ := strings.Cut(strings.ToUpper(duck), "("); base {
	case "VARCHAR":
		return words
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "FLOAT", "DOUBLE":
		return number
	case "DATE":
		return day
	case "TIMESTAMP":
		return moment
	}
	return other
}

// work is one column under way. Its values lie counted in the temporary table held(v, n).
type work struct {
	Input
	ctx   context.Context
	rows  int64
	class catalog.Privacy
	out   Column

	shut   bool     // values show masked but for those opened
	opened []string // SQL literals
}

func (w *work) column(c lake.Column) error {
	mended := "0"
	for _, o := range w.Columns {
		if o.Name == c.Name+"_raw" {
			mended = "count(" + engine.Ident(o.Name) + ")"
		}
	}
	col := engine.Ident(c.Name)
	if err := w.Session.Row(w.ctx, "profile", "SELECT count(*) - count("+col+"), "+mended+" FROM "+w.Relation, &w.out.Nulls, &w.out.Mended); err != nil {
		return err
	}
	if w.out.kind == other { // bytes say nothing to a reader
		return w.Session.Row(w.ctx, "profile", "SELECT count(DISTINCT "+col+") FROM "+w.Relation, &w.out.Distinct)
	}
	err := w.Session.Exec(w.ctx, "profile", "CREATE OR REPLACE TEMP TABLE held AS SELECT "+col+" AS v, count(*) AS n FROM "+w.Relation+" WHERE "+col+" IS NOT NULL GROUP BY 1")
	if err != nil {
		return err
	}
	for _, step := range []func(c lake.Column) error{w.privacy, w.sizes, w.open, w.numbers, w.spread, w.top, w.patterns, w.histogram} {
		if err := step(c); err != nil {
			return err
		}
	}
	return w.Session.Exec(w.ctx, "profile", "DROP TABLE held")
}

// privacy is the item's class; values that look like a person's number are treated as one
// whatever the catalogue says.
func (w *work) privacy(c lake.Column) error {
	w.class = w.Class(c)
	if w.class == catalog.PrivacyNone && (w.out.kind == words || w.out.kind == number) {
		var like bool
		err := w.Session.Row(w.ctx, "profile", "SELECT coalesce(sum(n) FILTER (WHERE regexp_full_match("+plainNumber("v")+", "+engine.Lit(personalNumber)+")) * 2 > sum(n), false) FROM held", &like)
		if err != nil {
			return err
		}
		if like {
			w.class = catalog.PrivacyDirect
		}
	}
	w.out.Privacy, w.out.Masked = string(w.class), w.class != catalog.PrivacyNone
	return nil
}

// shown is the SQL of v as a reader may see it.
func (w *work) shown() string {
	if w.class == catalog.PrivacyQuasi && (w.out.kind == day || w.out.kind == moment) { // no more than the year
		return "CAST(year(v) AS VARCHAR)"
	}
	if w.shut {
		return w.shutSQL()
	}
	return "CAST(" + w.Mask(w.class, w.out.Stored, "v") + " AS VARCHAR)"
}

// hidden tells that of numbers and days nothing shows that is one value's or near it: of
// quasi ones the year of a day does, and no number.
func (w *work) hidden() bool {
	return w.class == catalog.PrivacyDirect || w.class == catalog.PrivacySensitive || w.class == catalog.PrivacyQuasi && w.out.kind == number
}

// sizes counts distinct values and measures texts.
func (w *work) sizes(lake.Column) error {
	length := "length(CAST(v AS VARCHAR))"
	return w.Session.Row(w.ctx, "profile", "SELECT count(*), count(*) FILTER (WHERE n = 1), coalesce(min("+length+"), 0), coalesce(max("+length+"), 0), "+
		"coalesce(sum("+length+" * n) / sum(n), 0)::DOUBLE FROM held", &w.out.Distinct, &w.out.Once, &w.out.Shortest, &w.out.Longest, &w.out.Length)
}

// numbers are extremes, mean and standard deviation.
func (w *work) numbers(lake.Column) error {
	if w.out.kind == words {
		return nil
	}
	var least, greatest sql.NullString
	if err := w.Session.Row(w.ctx, "profile", "SELECT min("+w.shown()+") FILTER (WHERE v = least), max("+w.shown()+") FILTER (WHERE v = greatest) FROM held, (SELECT min(v) AS least, max(v) AS greatest FROM held)",
		&least, &greatest); err != nil {
		return err
	}
	w.out.Min, w.out.Max = veil(least.String), veil(greatest.String)
	if w.out.kind != number || w.hidden() {
		return nil
	}
	var mean, deviation sql.NullFloat64
	err := w.Session.Row(w.ctx, "profile", "SELECT any_value(mean), sqrt(sum(n * (v::DOUBLE - mean) ** 2) / nullif(sum(n) - 1, 0)), coalesce(sum(n) FILTER (WHERE v = 0), 0)::BIGINT, "+
		"coalesce(sum(n) FILTER (WHERE v < 0), 0)::BIGINT FROM held, (SELECT sum(v::DOUBLE * n) / sum(n) AS mean FROM held)", &mean, &deviation, &w.out.Zeros, &w.out.Negative)
	if mean.Valid {
		w.out.Mean = &mean.Float64
	}
	if deviation.Valid {
		w.out.Deviation = &deviation.Float64
	}
	return err
}

// spread are the quantiles.
func (w *work) spread(lake.Column) error {
	if w.out.kind == words || w.out.Distinct == 0 || w.hidden() {
		return nil
	}
	var columns []string
	shares := []float64{0.05, 0.25, 0.5, 0.75, 0.95}
	for _, s := range shares {
		columns = append(columns, fmt.Sprintf("min(v) FILTER (WHERE upto >= %g * total) AS q%d", s, len(columns)))
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM (SELECT v, sum(n) OVER (ORDER BY v) AS upto, sum(n) OVER () AS total FROM held)"
	for i, s := range shares {
		var v sql.NullString
		if i == 0 {
			if err := w.Session.Exec(w.ctx, "profile", "CREATE OR REPLACE TEMP TABLE spread AS "+query); err != nil {
				return err
			}
		}
		err := w.Session.Row(w.ctx, "profile", fmt.Sprintf("SELECT %s FROM (SELECT q%d AS v FROM spread)", w.shown(), i), &v)
		if err != nil {
			return err
		}
		w.out.Quantiles = append(w.out.Quantiles, Quantile{s, veil(v.String)})
	}
	return nil
}

// top are the most frequent values, those that look alike when they are masked as one. One
// that a single row has is that row's own.
func (w *work) top(lake.Column) error {
	return w.Session.Each(w.ctx, "profile", fmt.Sprintf("SELECT s, sum(n)::BIGINT AS n FROM (SELECT %s AS s, n FROM held) WHERE s IS NOT NULL GROUP BY s HAVING sum(n) > 1 ORDER BY 2 DESC, s LIMIT %d", w.shown(), most), func(scan engine.Scanner) error {
		var v Value
		if err := scan(&v.Text, &v.N); err != nil {
			return err
		}
		v.Text = veil(v.Text)
		w.out.Top = append(w.out.Top, v)
		return nil
	})
}
