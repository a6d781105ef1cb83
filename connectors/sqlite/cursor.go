package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// The forms of cursors kept as text. Others, and columns of mixed kinds, have no
// order that texts or numbers of one kind could be compared by.
const (
	dayForm  = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
	timeForm = dayForm + " [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
)

// Cursor looks at all values of the column: a declared type binds nobody in SQLite.
func (n *snapshot) Cursor(ctx context.Context, name string) (connectors.Cursor, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c, ok := n.table.find(name)
	if !ok {
		return connectors.Cursor{}, n.source.missing(n.table, name)
	}
	out := connectors.Cursor{Indexed: slices.Contains(n.table.indexed, c.name)}
	col := quote(c.name)
	var all, nulls, numbers, days, times int64
	err := n.conn.each(ctx, fmt.Sprintf("SELECT count(*), count(*) FILTER (WHERE %[1]s IS NULL), count(*) FILTER (WHERE typeof(%[1]s) = 'integer'),"+
		" count(*) FILTER (WHERE typeof(%[1]s) = 'text' AND %[1]s GLOB '%[2]s'),"+
		" count(*) FILTER (WHERE typeof(%[1]s) = 'text' AND (%[1]s GLOB '%[3]s' OR %[1]s GLOB '%[3]s.[0-9]*' AND length(%[1]s) BETWEEN 21 AND 26 AND substr(%[1]s, 21) NOT GLOB '*[^0-9]*')) FROM %[4]s",
		col, dayForm, timeForm, quote(n.table.name)), func(v []driver.Value) error {
		all, nulls, numbers, days, times = v[0].(int64), v[1].(int64), v[2].(int64), v[3].(int64), v[4].(int64)
		return nil
	})
	if err != nil {
		return out, err
	}
	out.Nulls = nulls > 0
	now := time.Now().In(n.source.zone)
	value := col
	switch all - nulls {
	case numbers:
		out.Kind = connectors.CursorNumber
	case days:
		out.Kind, out.Now = connectors.CursorDay, now.Format(time.DateOnly)
	case times:
		out.Kind, out.Now, value = connectors.CursorTime, now.Format(microForm), micros(col)
	default:
		return out, fault.New(fault.Config, "sqlite.cursor", n.table.name+"."+c.name).Try("sqlite.cursor.hint")
	}
	err = n.conn.each(ctx, "SELECT CAST(max("+value+") AS TEXT) FROM "+quote(n.table.name), func(v []driver.Value) error {
		out.Max, _ = v[0].(string)
		return nil
	})
	return out, err
}

const microForm = "2006-01-02 15:04:05.000000"

// micros writes times of any number of digits alike, so that texts compare as times.
func micros(col string) string {
	return "CASE length(" + col + ") WHEN 19 THEN " + col + " || '.000000' ELSE substr(" + col + " || '000000', 1, 26) END"
}

// within is the WHERE of a window. Its bounds come from elsewhere: nothing but
// numbers, days and times passes.
func (n *snapshot) within(ctx context.Context, w connectors.Window) (string, error) {
	at, err := n.Cursor(ctx, w.Column)
	if err != nil {
		return "", err
	}
	c, _ := n.table.find(w.Column)
	value := quote(c.name)
	if at.Kind == connectors.CursorTime {
		value = micros(value)
	}
	where := ""
	for _, t := range []struct{ op, bound string }{{">=", w.From}, {"<=", w.To}} {
		if t.bound == "" {
			continue
		}
		lit, err := literal(at.Kind, t.bound)
		if err != nil {
			return "", fault.New(fault.Config, "sqlite.bound", n.table.name+"."+c.name, string(at.Kind)).Because(err)
		}
		if where != "" {
			where += " AND "
		}
		where += value + " " + t.op + " " + lit
	}
	if where == "" {
		return "", nil
	}
	return " WHERE (" + where + ") OR " + quote(c.name) + " IS NULL", nil
}

// literal is a bound of a kind as SQL.
func literal(kind connectors.CursorKind, bound string) (string, error) {
	if kind == connectors.CursorNumber {
		v, err := strconv.ParseInt(bound, 10, 64)
		return strconv.FormatInt(v, 10), err
	}
	form, written := connectors.TimeForm, microForm
	if kind == connectors.CursorDay {
		form, written = time.DateOnly, time.DateOnly
	}
	t, err := time.Parse(form, bound)
	return "'" + t.Format(written) + "'", err
}
