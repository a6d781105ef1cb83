package pipelines

import (
	"cmp"
	"math/big"
	"time"

	"guiji/catalog"
	"guiji/connectors"
)

// How far behind its cursor an increment reads again where the catalogue says
// nothing. It has to outlast the source's longest transaction: a row gets its cursor
// when it is written, and is seen when its transaction commits.
const (
	lookbackTime   = time.Hour
	lookbackDays   = 1
	lookbackNumber = 1000
)

const (
	cursorDay  = time.DateOnly
	cursorTime = "2006-01-02 15:04:05.999999"
)

// position is a cursor's value that can be compared with others of its kind.
type position struct {
	kind   connectors.CursorKind
	number *big.Int
	time   time.Time
}

// parsePosition reads a cursor's text of a kind.
func parsePosition(kind connectors.CursorKind, s string) (position, bool) {
	p := position{kind: kind}
	var err error
	switch kind {
	case connectors.CursorNumber:
		var ok bool
		p.number, ok = new(big.Int).SetString(s, 10)
		return p, ok
	case connectors.CursorDay:
		p.time, err = time.Parse(cursorDay, s)
	case connectors.CursorTime:
		p.time, err = time.Parse(cursorTime, s)
	default:
		return p, false
	}
	return p, err == nil
}

// String is the form that windows take.
func (p position) String() string {
	switch p.kind {
	case connectors.CursorNumber:
		return p.number.String()
	case connectors.CursorDay:
		return p.time.Format(cursorDay)
	}
	return p.time.Format(cursorTime)
}

// compare orders two positions of one kind.
func (p position) compare(o position) int {
	if p.kind == connectors.CursorNumber {
		return p.number.Cmp(o.number)
	}
	return p.time.Compare(o.time)
}

// before is the position a look-back behind; ok is false where the look-back is not of
// the cursor's kind.
func (p position) before(written string) (out position, ok bool) {
	back, set := catalog.ParseLookback(written)
	if !set {
		back = catalog.Lookback{Time: lookbackTime, Number: lookbackNumber}
		if p.kind == connectors.CursorDay {
			back.Time = lookbackDays * 24 * time.Hour
		}
	}
	out = p
	if p.kind == connectors.CursorNumber {
		if set && !back.Numeric {
			return p, back.Time == 0
		}
		out.number = new(big.Int).Sub(p.number, big.NewInt(back.Number))
		return out, true
	}
	if set && back.Numeric && back.Number != 0 {
		return p, false
	}
	out.time = p.time.Add(-back.Time)
	if p.kind == connectors.CursorDay { // part of a day is a day
		out.time = out.time.Truncate(24 * time.Hour)
	}
	return out, true
}

// written is a position as a person writes one.
type written struct {
	kind connectors.CursorKind
	at   position
}

// parseWritten reads a whole number, a day or a time. A day is any time of it, so it is
// kept as a day until the cursor's kind is known.
func parseWritten(s string) (written, bool) {
	if p, ok := parsePosition(connectors.CursorNumber, s); ok {
		return written{connectors.CursorNumber, p}, true
	}
	if p, ok := parsePosition(connectors.CursorDay, s); ok {
		return written{connectors.CursorDay, p}, true
	}
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, s); err == nil {
			return written{connectors.CursorTime, position{kind: connectors.CursorTime, time: t.Truncate(time.Microsecond)}}, true
		}
	}
	return written{}, false
}

// as is the written position for a cursor of a kind: the first or, with last, the last
// moment of a day for a time. ok is false where it is of another kind.
func (w written) as(kind connectors.CursorKind, last bool) (position, bool) {
	if w.kind == kind {
		return w.at, true
	}
	if w.kind != connectors.CursorDay || kind != connectors.CursorTime {
		return position{}, false
	}
	out := position{kind: kind, time: w.at.time}
	if last {
		out.time = out.time.Add(24*time.Hour - time.Microsecond)
	}
	return out, true
}

// ordered reports whether a window does not end before it begins.
func windowOrdered(from, to written) bool {
	kind := cmp.Or(from.kind, to.kind)
	if from.kind != to.kind {
		kind = connectors.CursorTime
	}
	a, _ := from.as(kind, false)
	b, _ := to.as(kind, true)
	return a.compare(b) <= 0
}
