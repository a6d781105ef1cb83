package mysql

import (
	"regexp"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// span is a Request.Window that was looked through: a column of the table and bounds of
// which nothing but a number or a time is left.
type span struct {
	column   column
	from, to string // as they go into SQL; "" is open
}

// wholeNumber is what a DECIMAL can hold at most.
const wholeNumber = `^-?[0-9]{1,65}$`

// span makes the condition of a window; fault.Config where it is none.
func (n *snapshot) span(w connectors.Window) (*span, error) {
	c, err := n.cursorColumn(w.Column)
	if err != nil {
		return nil, err
	}
	from, to, ok := w.Bounds(func(text string, up bool) (string, bool) { return c.bound(text, up, n.source.zone) })
	if !ok {
		return nil, fault.New(fault.Config, "mysql.cursor.bound", n.where(c.name), string(c.cursorKind())).Try("mysql.cursor.bound.hint")
	}
	return &span{column: c, from: from, to: to}, nil
}

// bound reads a bound strictly and writes it again: no text of a request comes into SQL.
func (c column) bound(s string, up bool, zone *time.Location) (string, bool) {
	form := timeForm
	switch c.cursorKind() {
	case connectors.CursorNumber:
		if !regexp.MustCompile(wholeNumber).MatchString(s) {
			return "", false
		}
		return c.cursorText(s), true
	case connectors.CursorDay:
		form = dayForm
	}
	t, err := time.Parse(form, s)
	if err != nil || t.Year() < 1 {
		return "", false
	}
	if c.family == "timestamp" {
		t = unambiguous(t, up, zone)
	}
	return "'" + t.Format(form) + "'", true
}

// unambiguous moves a wall clock time that the zone shows twice, or never, out of the hour in
// which its clocks change: outwards, so that rows are read again rather than missed. Servers
// compare TIMESTAMP with a text now by the instant and now by the wall clock.
func unambiguous(wall time.Time, up bool, zone *time.Location) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	start, end := at.ZoneBounds()
	for _, change := range []time.Time{start, end} {
		if change.IsZero() {
			continue
		}
		before, after := clock(change.Add(-1).In(zone)).Add(1), clock(change.In(zone))
		low, high := before, after // a gap
		if after.Before(before) {
			low, high = after, before // shown twice
		}
		if wall.Before(low) || !wall.Before(high) {
			continue
		}
		if up {
			return high
		}
		return low.Add(-time.Microsecond)
	}
	return wall
}

// clock is what a clock on the wall shows at an instant, as a time without a zone.
func clock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// where is the condition, in brackets.
func (s *span) where() string {
	col := quote(s.column.name)
	var inside string
	switch {
	case s.from == "" && s.to == "":
		return ""
	case s.from == "":
		inside = col + " <= " + s.to
	case s.to == "":
		inside = col + " >= " + s.from
	default:
		inside = "(" + col + " >= " + s.from + " AND " + col + " <= " + s.to + ")"
	}
	if none := s.column.none(col); none != "" {
		inside += " OR " + none
	}
	return "(" + inside + ")"
}
