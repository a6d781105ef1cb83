package discover

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/internal/gb18030"
	"guiji/lake"
)

// Profile is what a sample of a table told. It holds no row and no value of one but the
// few distinct ones that code tables are compared with, which never leave this package.
type Profile struct {
	Table    connectors.Table
	Rows     int64            // sampled
	Bad      map[string]int64 // rows that the source's types cannot represent, by reason
	Columns  []column
	Unread   []connectors.Column // that no batch can hold
	Cursored bool                // the source reads increments
}

// column is the profile of one column.
type column struct {
	connectors.Column
	rows, nulls, empty int64
	longest            int // characters, of the text as it is
	whole, decimals    int // digits before and behind the point, of what are numbers
	numbers            int64
	leading            int64 // whole numbers of several digits that begin with 0
	widths             map[int]bool
	fits               map[trial]int64 // values that a hypothesis holds for
	few                map[string]int64
	seen               map[uint64]struct{}
	gbk                int64 // values that read well as GB 18030 when taken for the bytes of latin1
	wide               int64 // values with a character beyond ASCII
}

// mostFew is how many distinct values a column of codes may have.
const mostFew = 2000

func (c *column) filled() int64 { return c.rows - c.nulls - c.empty }

// share of the filled values that a hypothesis holds for.
func (c *column) share(t trial) float64 {
	if c.filled() == 0 {
		return 0
	}
	return float64(c.fits[t]) / float64(c.filled())
}

// distinct tells that no two filled values are alike.
func (c *column) distinct() bool { return c.filled() > 0 && int64(len(c.seen)) == c.filled() }

// Sample profiles up to limit rows of a table.
func Sample(ctx context.Context, source connectors.Source, table connectors.Table, limit int64, alloc memory.Allocator) (*Profile, error) {
	p := &Profile{Table: table, Bad: map[string]int64{}}
	var names []string
	for _, c := range table.Columns {
		if c.Unreadable {
			p.Unread = append(p.Unread, c)
			continue
		}
		names = append(names, c.Name)
		p.Columns = append(p.Columns, column{Column: c, widths: map[int]bool{}, fits: map[trial]int64{}, few: map[string]int64{}, seen: map[uint64]struct{}{}})
	}
	if len(names) == 0 {
		return p, nil
	}
	snap, err := source.Snapshot(ctx, connectors.Request{Table: table.Name, Columns: names, Key: table.Key, Parts: 1, BatchRows: 1000, Limit: limit})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	_, p.Cursored = snap.(connectors.Cursored)
	s := &sampler{Profile: p, alloc: alloc, seed: maphash.MakeSeed(), gb: gb18030.New()}
	if s.trials, err = newTrials(snap.Schema()); err != nil {
		return nil, fmt.Errorf("try hypotheses on table %q: %w", table.Name, err)
	}
	for _, part := range snap.Parts() {
		if err := snap.Read(ctx, part, s); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// sampler is the sink of a sample.
type sampler struct {
	*Profile
	alloc  memory.Allocator
	seed   maphash.Seed
	gb     *gb18030.Table
	trials *trials
}

// Bad counts a row by its reason, and keeps nothing of it.
func (s *sampler) Bad(row lake.BadRow) error {
	s.Profile.Bad[row.Reason]++
	return nil
}

// Batch takes a batch into the profile.
func (s *sampler) Batch(rec arrow.RecordBatch) error {
	s.Rows += rec.NumRows()
	for i := range s.Columns {
		s.column(&s.Columns[i], rec.Column(i))
	}
	return s.trials.run(s.alloc, rec, s.Columns)
}

func (s *sampler) column(c *column, a arrow.Array) {
	text, isText := a.(*array.String)
	for row := range a.Len() {
		c.rows++
		if a.IsNull(row) {
			c.nulls++
			continue
		}
		var value string
		switch {
		case isText:
			value = strings.TrimSpace(text.Value(row))
		case a.DataType().ID() != arrow.BINARY:
			value = a.ValueStr(row)
		default:
			continue // bytes: nothing of them is looked at
		}
		if value == "" {
			c.empty++
			continue
		}
		c.take(value, maphash.String(s.seed, value))
		if isText {
			c.encoding(s.gb, value)
		}
	}
}

func (c *column) take(value string, hash uint64) {
	n := utf8.RuneCountInString(value)
	c.longest = max(c.longest, n)
	c.seen[hash] = struct{}{}
	if len(c.widths) < 8 {
		c.widths[n] = true
	}
	if _, ok := c.few[value]; n <= 40 && (ok || len(c.few) <= mostFew) { // one more than that tells that there are more
		c.few[value]++
	}
	whole, decimals, ok := digits(value)
	if !ok {
		return
	}
	c.numbers++
	c.whole, c.decimals = max(c.whole, whole), max(c.decimals, decimals)
	if whole > 1 && decimals == 0 && strings.TrimLeft(value, "+-")[0] == '0' {
		c.leading++
	}
}

// digits counts those of a plain decimal number.
func digits(s string) (whole, decimals int, ok bool) {
	s = strings.TrimLeft(s, "+-")
	before, behind, point := strings.Cut(s, ".")
	if before == "" || point && behind == "" {
		return 0, 0, false
	}
	for _, r := range before + behind {
		if r < '0' || r > '9' {
			return 0, 0, false
		}
	}
	return len(before), len(behind), true
}
