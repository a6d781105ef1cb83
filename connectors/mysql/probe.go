package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// probe looks for cuts that make parts even in rows. It reads no range: it asks the server
// for its own estimate of ranges (EXPLAIN, which descends the index twice) and for single
// entries of the index (LIMIT 1), at most questionsPerPart of them for each part. Estimates
// only tell how good a cut is; that parts cover all rows once rests on none.
type probe struct {
	snapshot *snapshot
	session  *session
	route    *route
	window   []string // a condition that all parts have
	left     int      // questions that may still be asked
	blind    bool     // the server gives no estimates
}

// What planning may cost, and how fine it looks.
const (
	questionsPerPart = 40
	leavesPerPart    = 8
)

// stretch is what lies between two cuts, each nil where open, with the estimate of its rows.
type stretch struct {
	from, to []string
	rows     int64
}

// leaf is a stretch that may be split: at values of the column behind a prefix of values that
// all its rows share.
type leaf struct {
	stretch
	prefix    []string
	low, high string // the ends of that column, once known
	known     bool
	whole     bool // it cannot be split
}

// even cuts the whole route into about so many stretches, in order. The largest leaf is split
// at the middle of its values until the leaves are small beside a part. InnoDB's estimates are
// exact for a few pages, double beyond, and never above half of the table: leaves of about one
// size are told alike.
func (b *probe) even(ctx context.Context, rows int64, parts int) ([]stretch, error) {
	b.left = questionsPerPart * parts
	leaves := []*leaf{{stretch: stretch{rows: rows}}}
	for len(leaves) < leavesPerPart*parts && b.left > 0 {
		at := -1
		for i, l := range leaves {
			if !l.whole && (at < 0 || l.rows > leaves[at].rows) {
				at = i
			}
		}
		if at < 0 || !b.blind && leaves[at].rows < worthDividing/leavesPerPart {
			break
		}
		two, err := b.split(ctx, leaves[at])
		if err != nil {
			return nil, err
		}
		if two == nil {
			leaves[at].whole = true
			continue
		}
		leaves = slices.Replace(leaves, at, at+1, two...)
	}
	return join(leaves, rows, parts), nil
}

// join makes parts of neighbouring leaves; rows is what they hold together.
func join(leaves []*leaf, rows int64, parts int) []stretch {
	var sum int64
	for _, l := range leaves {
		sum += l.rows
	}
	share := func(n int64) int64 { return int64(float64(n) / float64(max(sum, 1)) * float64(rows)) }
	var out []stretch
	var from []string
	var before, done int64
	for i, l := range leaves {
		// A part ends where its end is nearer to its due than the next leaf's would be.
		due := sum * int64(len(out)+1) / int64(parts)
		done += l.rows
		last := i == len(leaves)-1
		if !last && (len(out) == parts-1 || done+leaves[i+1].rows-due <= due-done) {
			continue
		}
		out = append(out, stretch{from: from, to: l.to, rows: share(done - before)})
		from, before = l.to, done
	}
	return out
}

// split parts a leaf at the middle of its values; nil if that cannot be.
func (b *probe) split(ctx context.Context, l *leaf) ([]*leaf, error) {
	for len(l.prefix) < b.route.bounds {
		c := b.route.columns[len(l.prefix)]
		if !l.known {
			var found bool
			var err error
			if l.low, l.high, found, err = b.ends(ctx, l); err != nil || !found {
				return nil, err
			}
			l.known = true
		}
		if l.low != l.high {
			guess, ok := c.middle(l.low, l.high)
			if !ok {
				guess = l.high
			}
			value, found, err := b.entry(ctx, l, guess, "")
			if err != nil {
				return nil, err
			}
			if _, ok := c.literal(value, b.snapshot.source.zone); ok && found && value != l.low {
				return b.at(ctx, l, value)
			}
		}
		// One value of this column fills the leaf, or no other can be named: go on below it.
		l.prefix, l.known = append(slices.Clone(l.prefix), l.low), false
	}
	return nil, nil
}

// at splits a leaf at a value that is there: the guess may lie in a gap as wide as the key.
func (b *probe) at(ctx context.Context, l *leaf, value string) ([]*leaf, error) {
	cut := append(slices.Clone(l.prefix), value)
	low := &leaf{stretch: stretch{from: l.from, to: cut, rows: l.rows / 2}, prefix: l.prefix}
	high := &leaf{stretch: stretch{from: cut, to: l.to, rows: l.rows / 2}, prefix: l.prefix, low: value, high: l.high, known: true}
	for _, half := range []*leaf{low, high} {
		if b.blind {
			break
		}
		var err error
		if half.rows, err = b.estimate(ctx, bounds{From: half.from, To: half.to}); err != nil {
			return nil, err
		}
	}
	return []*leaf{low, high}, nil
}

// ends are the least and the greatest value of the column behind a leaf's prefix.
func (b *probe) ends(ctx context.Context, l *leaf) (low, high string, found bool, err error) {
	if low, found, err = b.entry(ctx, l, "", ""); err == nil && found {
		high, found, err = b.entry(ctx, l, "", " DESC")
	}
	return low, high, found, err
}

// entry reads the first entry of a leaf, from a value on, or the last. It gives the value of
// the column behind the prefix.
func (b *probe) entry(ctx context.Context, l *leaf, least, direction string) (value string, found bool, err error) {
	b.left--
	c := b.route.columns[len(l.prefix)]
	zone := b.snapshot.source.zone
	terms, err := bounds{From: l.from, To: l.to}.where(b.route, zone)
	if err != nil {
		return "", false, err
	}
	fixed, err := b.route.literals(l.prefix, zone)
	if err != nil {
		return "", false, nil // no bound can name the prefix: it is a zero date
	}
	for i, v := range fixed {
		terms = append(terms, quote(b.route.columns[i].name)+" = "+v)
	}
	terms = append(terms, quote(c.name)+" IS NOT NULL")
	if least != "" {
		from, ok := c.literal(least, zone)
		if !ok {
			return "", false, nil
		}
		terms = append(terms, quote(c.name)+" >= "+from)
	}
	query := "SELECT " + c.shown(quote(c.name)) + " FROM " + b.route.table(b.snapshot.table.name) + and(terms, b.window) + b.route.order(direction) + " LIMIT 1"
	err = b.session.ask(ctx, query, 1, func(v []sql.NullString) { value, found = v[0].String, v[0].Valid })
	if is(err, 1267, 1300, 1366, 3854) { // the guess is no text of the column's character set
		return "", false, nil
	}
	return value, found, err
}

// estimate is how many rows the server believes to lie within bounds; -1 if it does not say.
func (b *probe) estimate(ctx context.Context, within bounds) (int64, error) {
	b.left--
	terms, err := within.where(b.route, b.snapshot.source.zone)
	if err != nil {
		return 0, err
	}
	rows := int64(-1)
	query := "EXPLAIN SELECT " + quote(b.route.columns[0].name) + " FROM " + b.route.table(b.snapshot.table.name) + and(terms, b.window)
	err = b.session.guard(ctx, func() error {
		return eachNamed(ctx, b.session.conn, query, nil, func(get func(string) sql.NullString) {
			n, err := strconv.ParseInt(get("rows").String, 10, 64)
			switch {
			case err == nil:
				rows = n
			case strings.Contains(strings.ToLower(get("Extra").String), "impossible where"), strings.Contains(strings.ToLower(get("Extra").String), "no matching"):
				rows = 0
			}
		})
	})
	if is(err, 1064, 1105, 1235) { // a server that knows no EXPLAIN
		err = nil
	}
	return rows, err
}
