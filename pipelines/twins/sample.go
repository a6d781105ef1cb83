package twins

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// sampleRows is about how many rows of a table are kept for each of its links.
const sampleRows = 2048

// sample is what is kept of a table: hashes alone, in memory alone.
type sample struct {
	table   *Table
	columns []column
	links   []link
	oneIn   uint64     // a power of two; a row is here if the hash of a link is divisible by it
	rows    [][]uint32 // hashes of the columns' values, 0 where there is none
	keys    []keyed    // by link
}

// keyed are the keys of one link in a sample.
type keyed struct {
	hashes []uint64 // distinct, ascending
	row    []int    // the row that has it; -1 if several do
}

// at counts the keys that are in a sample of one in so many.
func (k *keyed) at(oneIn uint64) int {
	n := 0
	for _, h := range k.hashes {
		if h%oneIn == 0 {
			n++
		}
	}
	return n
}

// take reads a table once and keeps its sample; nil for a table without rows or links.
func take(ctx context.Context, s *engine.Session, p *catalog.Project, t *Table) (*sample, error) {
	columns := t.compared()
	if t.Rows == 0 || len(columns) == 0 {
		return nil, nil
	}
	links, err := t.links(ctx, s, p, columns)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	out := &sample{table: t, columns: columns, links: links, oneIn: 1}
	for t.Rows/int64(out.oneIn) > sampleRows {
		out.oneIn *= 2
	}
	var picks []string
	for _, l := range links {
		picks = append(picks, "("+l.among(out.oneIn)+")")
	}
	return out, out.read(ctx, s, strings.Join(picks, " OR "))
}

// read fills the sample with the rows of its table that pass a condition. They go into a
// temporary table first: only of them every value is hashed.
func (m *sample) read(ctx context.Context, s *engine.Session, where string) error {
	const kept = "twins_sample"
	var names []string
	for _, c := range m.columns {
		names = append(names, c.item.Name)
	}
	if err := s.Exec(ctx, "twins sample", fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT %s FROM %s WHERE %s", kept, engine.Idents(names), m.table.From, where)); err != nil {
		return err
	}
	var values, hashes []string
	add := func(expr string) {
		v := fmt.Sprintf("v%d", len(values))
		values = append(values, expr+" AS "+v)
		hashes = append(hashes, "CASE WHEN "+v+" IS NULL THEN 0 ELSE hash("+v+") END") // 0 is no value
	}
	for _, l := range m.links {
		add(l.expr)
	}
	for _, c := range m.columns {
		add(c.expr())
	}
	rows, err := s.Query(ctx, "twins sample", "SELECT "+strings.Join(hashes, ", ")+" FROM (SELECT "+strings.Join(values, ", ")+" FROM "+kept+")")
	if err != nil {
		return err
	}
	defer rows.Close()
	return m.keep(rows, len(hashes))
}

// keep takes the rows of hashes into the sample.
func (m *sample) keep(rows *sql.Rows, columns int) error {
	values := make([]uint64, columns)
	into := make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	at := make([]map[uint64]int, len(m.links))
	for i := range at {
		at[i] = map[uint64]int{}
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read a sample: %w", err)
		}
		m.add(values, at)
	}
	for _, of := range at {
		m.keys = append(m.keys, sorted(of))
	}
	return rows.Err()
}

// add keeps a row: its links' hashes and those of its values.
func (m *sample) add(values []uint64, at []map[uint64]int) {
	row := make([]uint32, len(m.columns))
	for i, v := range values[len(m.links):] {
		row[i] = uint32(v >> 32)
		if v != 0 && row[i] == 0 {
			row[i] = 1
		}
	}
	for i, h := range values[:len(m.links)] {
		if h == 0 || h%m.oneIn != 0 {
			continue
		}
		if _, there := at[i][h]; there {
			at[i][h] = -1
		} else {
			at[i][h] = len(m.rows)
		}
	}
	m.rows = append(m.rows, row)
}

func sorted(of map[uint64]int) keyed {
	k := keyed{hashes: make([]uint64, 0, len(of)), row: make([]int, 0, len(of))}
	for h := range of {
		k.hashes = append(k.hashes, h)
	}
	slices.Sort(k.hashes)
	for _, h := range k.hashes {
		k.row = append(k.row, of[h])
	}
	return k
}
