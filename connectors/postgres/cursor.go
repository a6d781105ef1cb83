package postgres

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Forms of cursors.
const (
	dayForm  = connectors.DayForm
	timeForm = connectors.TimeForm
)

// cursorKind tells how a column's values are compared as cursors; "" is not at all: floats
// are not exact, and texts have as many orders as there are collations.
func (c column) cursorKind() connectors.CursorKind {
	switch c.oid {
	case oidInt2, oidInt4, oidInt8, oidOID:
		return connectors.CursorNumber
	case oidNumeric:
		if precision, scale := c.digits(); precision > 0 && scale == 0 {
			return connectors.CursorNumber
		}
	case oidDate:
		return connectors.CursorDay
	case oidTimestamp, oidTimestamptz:
		return connectors.CursorTime
	}
	return ""
}

// cursorColumn finds a column to read by; fault.Config if it is none.
func (n *snapshot) cursorColumn(name string) (column, error) {
	c, err := n.column(name)
	if err == nil && c.cursorKind() == "" {
		err = fault.New(fault.Config, "postgres.cursor.type", n.where(c.name), c.typ).Try("postgres.cursor.type.hint")
	}
	return c, err
}

// Cursor tells of a column in the snapshot's moment. Where an index begins with it that is
// a look at the index's ends, else one reading of the column.
func (n *snapshot) Cursor(ctx context.Context, name string) (connectors.Cursor, error) {
	c, err := n.cursorColumn(name)
	if err != nil {
		return connectors.Cursor{}, err
	}
	ctx, cancel, err := n.source.allowed(ctx)
	if err != nil {
		return connectors.Cursor{}, err
	}
	defer cancel()
	p, err := n.session(ctx)
	if err != nil {
		return connectors.Cursor{}, n.source.explainShut(ctx, err)
	}
	defer n.Give(p, nil)
	col, table := quote(c.name), n.source.name(n.table.name)
	query := "SELECT (SELECT " + c.plain("max("+col+")") + " FROM " + table + " WHERE " + c.has(col) + "), " + c.now() +
		", (SELECT EXISTS (SELECT 1 FROM " + table + " WHERE " + c.none(col) + "))::text"
	rows, err := p.ask(ctx, query)
	if err != nil {
		p.dead = true // its transaction is over
		return connectors.Cursor{}, n.source.explainShut(ctx, n.source.explain(err, n.table.name, c.name))
	}
	out := connectors.Cursor{Kind: c.cursorKind(), Indexed: slices.Contains(n.table.indexed, c.name)}
	if len(rows) == 1 {
		out.Max, out.Now, out.Nulls = rows[0][0], rows[0][1], rows[0][2] == "true"
	}
	return out, nil
}

// plain writes a value as the cursor's form has it: an instant on the session's clock.
func (c column) plain(value string) string {
	if c.oid == oidTimestamptz {
		return "(" + value + ")::timestamp::text"
	}
	return "(" + value + ")::text"
}

// now is the server's clock in the same form: that of the transaction's begin.
func (c column) now() string {
	switch c.cursorKind() {
	case connectors.CursorDay:
		return "CURRENT_DATE::text"
	case connectors.CursorTime:
		return "LOCALTIMESTAMP::text"
	}
	return "''"
}

// has and none are the conditions under which a row has a cursor, and has none: NULL, and
// what no calendar has (infinity, years before 1 and behind 9999), or what is no number.
func (c column) has(col string) string {
	switch low, high := c.ends(); {
	case low != "":
		return "(" + col + " >= " + low + " AND " + col + " < " + high + ")"
	case c.oid == oidNumeric:
		return "(" + col + " < 'NaN')"
	}
	return "(" + col + " IS NOT NULL)"
}

func (c column) none(col string) string {
	out := col + " IS NULL"
	switch low, high := c.ends(); {
	case low != "":
		out += " OR " + col + " < " + low + " OR " + col + " >= " + high
	case c.oid == oidNumeric:
		out += " OR " + col + " = 'NaN'"
	}
	return out
}

// ends are the calendar's, from the first and before the second.
func (c column) ends() (low, high string) {
	switch c.oid {
	case oidDate:
		return "'0001-01-01'::date", "'10000-01-01'::date"
	case oidTimestamp:
		return "'0001-01-01 00:00:00'::timestamp", "'10000-01-01 00:00:00'::timestamp"
	case oidTimestamptz: // on every clock
		return "'0001-01-02 00:00:00+00'::timestamptz", "'9999-12-31 00:00:00+00'::timestamptz"
	}
	return "", ""
}

// span is a Request.Window that was looked through: a column of the table and bounds of
// which nothing but a number or a time is left.
type span struct {
	column   column
	from, to string // as they go into SQL; "" is open
}

// wholeNumber is what a cursor of numbers can be.
const wholeNumber = `^-?[0-9]{1,60}$`

// span makes the condition of a window; fault.Config where it is none.
func (n *snapshot) span(w connectors.Window) (*span, error) {
	c, err := n.cursorColumn(w.Column)
	if err != nil {
		return nil, err
	}
	from, to, ok := w.Bounds(func(text string, up bool) (string, bool) { return c.bound(text, up, n.source.zone) })
	if !ok {
		return nil, fault.New(fault.Config, "postgres.cursor.bound", n.where(c.name), string(c.cursorKind())).Try("postgres.cursor.bound.hint")
	}
	return &span{column: c, from: from, to: to}, nil
}

// bound reads a bound strictly and writes it again: no text of a request comes into SQL.
func (c column) bound(s string, up bool, zone *time.Location) (string, bool) {
	switch c.cursorKind() {
	case connectors.CursorNumber:
		return "(" + s + ")", regexp.MustCompile(wholeNumber).MatchString(s)
	case connectors.CursorDay:
		t, err := time.Parse(dayForm, s)
		return literal(t.Format(dayForm)) + "::date", err == nil && t.Year() > 0
	}
	t, err := time.Parse(timeForm, s)
	if err != nil || t.Year() < 1 {
		return "", false
	}
	if c.oid == oidTimestamp {
		return literal(t.Format(timeForm)) + "::timestamp", true
	}
	return literal(instant(t, up, zone).UTC().Format(timeForm)+"+00") + "::timestamptz", true
}

// instant is when the zone's clocks show a time. Around their changes, when they show it
// twice or never, it is the earliest for a lower bound and the latest for an upper one:
// rows are read again rather than missed.
func instant(wall time.Time, up bool, zone *time.Location) time.Time {
	out := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	for _, near := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		_, offset := out.Add(near).Zone()
		if other := wall.Add(-time.Duration(offset) * time.Second); up == other.After(out) && !other.Equal(out) {
			out = other.In(zone)
		}
	}
	return out
}

// where is the condition, in brackets. Rows without a cursor belong to every window.
func (s *span) where() string {
	if s.from == "" && s.to == "" {
		return ""
	}
	col := quote(s.column.name)
	var terms []string
	if s.from != "" {
		terms = append(terms, col+" >= "+s.from)
	}
	if s.to != "" {
		terms = append(terms, col+" <= "+s.to)
	}
	return "((" + strings.Join(terms, " AND ") + ") OR " + s.column.none(col) + ")"
}
