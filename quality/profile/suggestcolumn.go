package profile

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"guiji/catalog"
	"guiji/internal/engine"
)

// The ranks of suggestions: identifiers, references and keys before forms and bounds.
const (
	rankIdentifier = iota
	rankKey
	rankFilled
	rankCodes
	rankReference
	rankOrder
	rankForm
	rankBounds
	rankWhole
)

// fewValues is how many values a coded item has at most.
const fewValues = 300

func (g *guessing) column(c *Column) error {
	g.filled(c)
	g.identifier(c)
	for _, step := range []func(*Column) error{g.codes, g.form} {
		if err := step(c); err != nil {
			return err
		}
	}
	g.unique(c)
	g.bounds(c)
	g.fresh(c)
	return nil
}

func (g *guessing) filled(c *Column) {
	if c.Nulls*50 <= g.Profile.Rows {
		g.add(rankFilled, c.Name, "not_null", "", g.say("suggest.filled", Count(c.Nulls), Count(g.Profile.Rows)))
	}
}

// identifier goes by the form of nearly all values; the check itself says how many are
// wrong.
func (g *guessing) identifier(c *Column) {
	if c.kind != words || g.has(c.Name, "citizen_id", "credit_code", "phone", "permanent_residence") {
		return
	}
	for _, form := range []struct{ check, shape string }{
		{"citizen_id", `^9\{18\}$|^9\{17\}[Aa]$|^9\{15\}$|^9\{15,18\}$`}, {"phone", `^9\{11\}$`},
	} {
		n := c.shaped(form.shape)
		if form.check == "phone" && !strings.Contains(c.Label, "电话") && !strings.Contains(c.Label, "手机") && c.Privacy == "" {
			continue
		}
		if float64(n) >= 0.8*float64(c.Filled(g.Profile.Rows)) {
			g.add(rankIdentifier, c.Name, form.check, "", g.say("suggest.identifier", Share(n, c.Filled(g.Profile.Rows))))
			return
		}
	}
	if c.Shortest >= 15 && c.Longest <= 18 && (strings.Contains(c.Label, "信用代码") || strings.Contains(strings.ToLower(c.Name), "credit")) {
		g.add(rankIdentifier, c.Name, "credit_code", "", g.say("suggest.credit", c.Measured()))
	}
}

// codes proposes the code table that holds the values, or, of few that come again and
// again, the values themselves.
func (g *guessing) codes(c *Column) error {
	filled := c.Filled(g.Profile.Rows)
	if c.kind != words && c.kind != number || c.Distinct > fewValues || c.Distinct*5 > filled || g.has(c.Name, "in_codes", "in_set", "citizen_id", "phone", "credit_code") {
		return nil
	}
	values, err := g.values(c)
	if err != nil {
		return err
	}
	it := g.Resource.Item(c.Name)
	names := []string{strings.ToLower(it.Column), strings.ToLower(it.Name)}
	if table, _ := g.Project.CodesOf(values, g.Project.Element(it.Element), names...); table != "" {
		g.add(rankCodes, c.Name, "in_codes", table, g.say("suggest.codes", strconv.FormatFloat(100*g.Project.Codes[table].Share(values), 'f', 2, 64)+"%", table))
		return nil
	}
	if c.kind != words || c.Masked || c.Distinct < 2 || c.Distinct > 12 || c.Distinct*20 > filled || c.Once > 0 {
		return nil
	}
	var list []string
	for v, n := range values {
		if n < openRows && !plainCode.MatchString(v) { // it may be one person's name
			return nil
		}
		if veil(v) != v || utf8.RuneCountInString(v) > 20 || strings.ContainsFunc(v, unicode.IsControl) {
			return nil
		}
		list = append(list, scalar(v))
	}
	slices.Sort(list)
	g.add(rankCodes, c.Name, "in_set", "["+strings.Join(list, ", ")+"]", g.say("suggest.set", len(list)))
	return nil
}

// values are a column's values with their rows.
func (g *guessing) values(c *Column) (map[string]int64, error) {
	out := map[string]int64{}
	err := g.Session.Each(g.ctx, "suggest", "SELECT CAST("+engine.Ident(c.Name)+" AS VARCHAR), count(*) FROM "+g.Relation+" WHERE "+engine.Ident(c.Name)+" IS NOT NULL GROUP BY 1", func(scan engine.Scanner) error {
		var v string
		var n int64
		if err := scan(&v, &n); err != nil {
			return err
		}
		out[v] = n
		return nil
	})
	return out, err
}

// form proposes a pattern where one holds nearly everywhere, a length where all have one,
// and a beginning that all share.
func (g *guessing) form(c *Column) error {
	filled := c.Filled(g.Profile.Rows)
	if c.kind != words || g.has(c.Name, "citizen_id", "credit_code", "phone", "permanent_residence", "in_codes", "in_set", "regex") {
		return nil
	}
	if len(c.Patterns) > 0 {
		p := c.Patterns[0]
		if expr, ok := expression(p.runs); ok && float64(p.N) >= 0.95*float64(filled) {
			g.add(rankForm, c.Name, "regex", scalar(expr), g.say("suggest.form", Share(p.N, filled), p.Shape))
			return nil
		}
	}
	switch {
	case c.Distinct < 5: // too few to tell of a form
	case c.Shortest == c.Longest && c.Longest > 1:
		g.add(rankForm, c.Name, "length", strconv.FormatInt(c.Longest, 10), g.say("suggest.length", c.Longest))
	case c.Longest <= 10 && c.Shortest > 1:
		g.add(rankForm, c.Name, "length", fmt.Sprintf("{min: %d, max: %d}", c.Shortest, c.Longest), g.say("suggest.lengths", c.Shortest, c.Longest))
	}
	return g.beginning(c)
}

// beginning is what all values begin with.
func (g *guessing) beginning(c *Column) error {
	if c.Distinct < enough || c.Shortest < 4 {
		return nil
	}
	var first, last sql.NullString
	col := engine.Ident(c.Name)
	if err := g.Session.Row(g.ctx, "suggest", "SELECT min("+col+"), max("+col+") FROM "+g.Relation, &first, &last); err != nil {
		return err
	}
	a, b, n := []rune(first.String), []rune(last.String), 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	prefix := string(a[:n])
	if n < 2 || int64(n) >= c.Shortest || strings.ContainsAny(prefix, `%_\0123456789`) {
		return nil
	}
	g.add(rankForm, c.Name, "like", scalar(prefix+"%"), g.say("suggest.beginning", prefix))
	return nil
}

// unique proposes it of what looks like a number of the record: nearly all differ, and
// they are of one form.
func (g *guessing) unique(c *Column) {
	filled := c.Filled(g.Profile.Rows)
	oneForm := c.kind == words && len(c.Patterns) > 0 && c.Unlisted == 0 && c.Longest-c.Shortest <= 3 && c.Shortest >= 4 && !strings.Contains(c.Patterns[0].Shape, "汉")
	if d := g.Resource.Duplicates; d != nil && slices.Contains(d.By, c.Name) {
		return
	}
	if (oneForm || g.has(c.Name, "citizen_id", "credit_code")) && !g.has(c.Name, "phone") && c.Distinct*1000 >= filled*995 {
		g.add(rankKey, c.Name, "unique", "", g.say("suggest.unique", Count(c.Distinct), Count(filled)))
	}
}

// bounds of numbers and days. What lies far outside of the middle half is left out of
// them: it is what a range is to find.
func (g *guessing) bounds(c *Column) {
	if g.has(c.Name, "range", "in_codes", "in_set") || slices.Contains(g.Resource.Source.Key, c.Name) || len(c.Quantiles) == 0 {
		return
	}
	if c.kind == day || c.kind == moment {
		last := c.Quantiles[len(c.Quantiles)-1].Value
		if c.Quantiles[0].Value >= "1900" && last <= g.Today.Format("2006-01-02") {
			g.add(rankBounds, c.Name, "range", "{min: 1900-01-01, max: today}", g.say("suggest.days", c.Quantiles[0].Value, last))
		}
		return
	}
	low, lowErr := strconv.ParseFloat(c.Quantiles[1].Value, 64)
	high, highErr := strconv.ParseFloat(c.Quantiles[3].Value, 64)
	least, leastErr := strconv.ParseFloat(c.Min, 64)
	greatest, greatestErr := strconv.ParseFloat(c.Max, 64)
	if lowErr != nil || highErr != nil || leastErr != nil || greatestErr != nil || c.Distinct < enough {
		return
	}
	spread := 3 * (high - low)
	from, to := math.Max(least, low-spread), math.Min(greatest, high+spread)
	if from = down(from); low >= 0 && (from < 0 || from < low/10) {
		from = 0
	}
	g.add(rankBounds, c.Name, "range", fmt.Sprintf("{min: %s, max: %s}", plain(from), plain(-down(-to))), g.say("suggest.bounds", c.Quantiles[1].Value, c.Quantiles[3].Value))
}

// down is a number of two digits that count, no greater.
func down(f float64) float64 {
	if f == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(f)))-1)
	return math.Floor(f/unit) * unit
}

func plain(f float64) string { return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) }

// fresh is for the item that says when a row was changed.
func (g *guessing) fresh(c *Column) {
	it := g.Resource.Item(c.Name)
	follows := g.Resource.CursorItem() == it || strings.Contains(c.Label, "更新")
	if it.Type.Kind != catalog.Date && it.Type.Kind != catalog.Time || !follows || catalog.LateAfter(g.Resource.Cycle) == 0 {
		return
	}
	g.add(rankWhole, c.Name, "fresh", "", g.say("suggest.fresh", g.Resource.Cycle))
}
