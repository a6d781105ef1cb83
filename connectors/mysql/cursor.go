package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// cursorKind tells how a column's values are compared as cursors; "" is not at all: floats
// are not exact, and texts have as many orders as there are collations.
func (c column) cursorKind() connectors.CursorKind {
	switch c.family {
	case "date":
		return connectors.CursorDay
	case "datetime", "timestamp":
		return connectors.CursorTime
	case "decimal", "numeric":
		if c.scale == 0 {
			return connectors.CursorNumber
		}
	case "year":
		return connectors.CursorNumber
	}
	if c.integral() {
		return connectors.CursorNumber
	}
	return ""
}

// cursorColumn finds a column to read by; fault.Config if it is none.
func (n *snapshot) cursorColumn(name string) (column, error) {
	c, err := n.column(name)
	if err == nil && c.cursorKind() == "" {
		err = fault.New(fault.Config, "mysql.cursor.type", n.where(c.name), c.typ).Try("mysql.cursor.type.hint")
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
	out, err := n.cursor(ctx, c)
	return out, n.source.explainShut(ctx, err)
}

func (n *snapshot) cursor(ctx context.Context, c column) (connectors.Cursor, error) {
	p, err := n.session(ctx)
	if err != nil {
		return connectors.Cursor{}, err
	}
	defer n.Give(p, nil)
	_, indexed := n.table.index(c.name)
	out := connectors.Cursor{Kind: c.cursorKind(), Indexed: indexed}
	col, table := quote(c.name), quote(n.table.name)
	none := c.none(col)
	nulls := "0"
	if none != "" && indexed {
		nulls = fmt.Sprintf("EXISTS(SELECT 1 FROM %s WHERE %s)", table, none)
	} else if none != "" {
		nulls = fmt.Sprintf("COALESCE(MAX(%s), 0)", none)
	}
	var now string
	err = p.ask(ctx, fmt.Sprintf("SELECT MAX(%s), NOW(6), %s FROM %s", col, nulls, table), 3, func(v []sql.NullString) {
		out.Max, now, out.Nulls = c.cursorText(v[0].String), v[1].String, v[2].String == "1"
	})
	if err != nil {
		return connectors.Cursor{}, n.source.explain(err, n.table.name, c.name)
	}
	if out.Kind != connectors.CursorNumber {
		out.Now = c.cursorText(now)
	}
	return out, nil
}

// none is the condition under which a row has no cursor; "" if that cannot be. A zero date
// is how a column that may not be NULL says so.
func (c column) none(quoted string) string {
	var terms []string
	if c.nullable {
		terms = append(terms, quoted+" IS NULL")
	}
	switch c.cursorKind() {
	case connectors.CursorDay:
		terms = append(terms, quoted+" = '0000-00-00'")
	case connectors.CursorTime:
		terms = append(terms, quoted+" = '0000-00-00 00:00:00'")
	}
	return strings.Join(terms, " OR ")
}

// Forms of cursors.
const (
	dayForm  = connectors.DayForm
	timeForm = connectors.TimeForm
)

// cursorText brings the server's text into the form of the column's kind: no zeros that
// stand for nothing. What has no cursor gives "".
func (c column) cursorText(s string) string {
	if c.cursorKind() != connectors.CursorNumber {
		t, ok := calendar(s)
		switch {
		case !ok:
			return ""
		case c.cursorKind() == connectors.CursorDay:
			return t.Format(dayForm)
		}
		return t.Format(timeForm)
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if digits := strings.TrimLeft(s, "0"); digits != "" {
		return sign + digits
	}
	if s == "" {
		return ""
	}
	return "0"
}

// calendar reads a date or time as the server writes it. The server also stores days that no
// calendar has (2026-00-00, 2026-02-31): they count as the last moment before them, so that
// an increment reads a little again and misses nothing. ok is false for a year 0.
func calendar(s string) (time.Time, bool) {
	day, clock, timed := strings.Cut(s, " ")
	if t, err := time.Parse(dayForm, day); err == nil && t.Year() > 0 {
		if timed {
			t, err = time.Parse(timeForm, day+" "+clock)
		}
		return t, err == nil
	}
	digits := regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})$`).FindStringSubmatch(day)
	if digits == nil {
		return time.Time{}, false
	}
	y, _ := strconv.Atoi(digits[1]) // digits they are
	m, _ := strconv.Atoi(digits[2])
	d, _ := strconv.Atoi(digits[3])
	if y < 1 || m > 12 || d > 31 {
		return time.Time{}, false
	}
	next := time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC) // of the month, or of what there is of it
	switch {
	case m == 0:
		next = time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	case d > 0:
		next = next.AddDate(0, 1, 0)
	}
	t := next.Add(-time.Microsecond)
	return t, t.Year() > 0
}
