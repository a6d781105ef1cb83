package pipelines

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/text"
)

// maxDeletes is the share of an image's keys that may be gone from the source at once
// where the catalogue says nothing.
const maxDeletes = 0.10

// maxDeletes is that share for a resource.
func (p *PlannedPull) maxDeletes() float64 {
	if max := p.res.Source.MaxDeletes; max != nil {
		return float64(*max)
	}
	return maxDeletes
}

// deletes are the keys of the head's image that the source no longer has.
type deletes struct {
	file  string // Parquet of the keys, sorted
	n, of int64
	limit float64
}

// over reports whether so many are gone that a person has to look.
func (d *deletes) over() bool { return d != nil && d.of > 0 && float64(d.n) > d.limit*float64(d.of) }

// reason asks a person.
func (d *deletes) reason(lang text.Lang, resource string) string {
	return text.Format(lang, "pipeline.deletes.over", d.n, d.of, 100*float64(d.n)/float64(d.of), 100*d.limit, resource)
}

// accepted writes down that a person let deletes over the limit pass, before they land;
// once for each resource.
func (r *run) accepted(done []*settled, told map[string]bool) error {
	for _, s := range done {
		if s.accepted == nil || told[s.res.ID] {
			continue
		}
		told[s.res.ID] = true
		if err := r.Audit("run --accept-deletes", s.res.ID, fmt.Sprintf("run %s: %d of %d records", r.id, s.accepted.n, s.accepted.of)); err != nil {
			return err
		}
	}
	return nil
}

// detect finds the keys that are gone: the head's without those the source has now. A
// full read has seen them all; behind an increment the source is asked for its keys, in
// the very moment of the increment.
func (m *merging) detect(ctx context.Context) error {
	d := &deletes{limit: m.out.plan.maxDeletes(), file: filepath.Join(m.out.dir, "deleted.parquet")}
	m.out.gone = d
	k := engine.Idents(m.keys)
	comparable, err := m.comparable(ctx)
	if err != nil {
		return err
	}
	query := "SELECT " + k + " FROM " + m.delta + " LIMIT 0"
	if comparable {
		present := "reread"
		if m.out.reach.merges() {
			present = m.presentKeys()
		}
		if err := m.s.Row(ctx, "deletes", "SELECT count(*) FROM "+m.old, &d.of); err != nil {
			return err
		}
		query = "SELECT DISTINCT " + k + " FROM " + m.old + " r WHERE NOT EXISTS (FROM " + present + " g WHERE " + equalKeys("r", "g", m.keys) + ")"
	}
	if err := m.s.Exec(ctx, "deletes", "CREATE TEMP TABLE vanished AS "+query); err != nil {
		return err
	}
	d.n, err = m.s.CopyQuery(ctx, "deletes", "SELECT * FROM vanished ORDER BY "+k, d.file, engine.ParquetOptions{})
	return err
}

// comparable reports whether the head has an image whose keys are this run's: of the
// same columns and types.
func (m *merging) comparable(ctx context.Context) (bool, error) {
	if m.old == "" {
		return false, nil
	}
	before := (&images{run: m.run, head: m.run.head}).landedKeys(m.out.plan.res)
	if !slices.Equal(before, m.keys) {
		return false, nil
	}
	old, err := m.types(ctx, m.old)
	if err != nil {
		return false, err
	}
	now, err := m.types(ctx, m.delta)
	return slices.Equal(old, now), err
}

// types are those of the key's columns in a relation.
func (m *merging) types(ctx context.Context, relation string) ([]string, error) {
	var out []string
	err := m.s.Each(ctx, "deletes", "SELECT column_type FROM (DESCRIBE SELECT "+engine.Idents(m.keys)+" FROM "+relation+")", func(scan engine.Scanner) error {
		var t string
		if err := scan(&t); err != nil {
			return err
		}
		out = append(out, t)
		return nil
	})
	return out, err
}

// readKeys writes all keys the source has beside an increment, where deletes are to be
// detected.
func (r *run) readKeys(ctx context.Context, out *pulled, snap connectors.Snapshot) error {
	if !out.reach.merges() || !out.plan.res.Source.DeleteDetection {
		return nil
	}
	var fields []arrow.Field
	for _, c := range out.plan.keyColumns() {
		if f, ok := snap.Schema().FieldsByName(c); ok {
			fields = append(fields, f[0])
		}
	}
	m := &merging{run: r, out: out}
	steps, err := m.keySteps(arrow.NewSchema(fields, nil))
	if err != nil {
		return err
	}
	_, err = m.writeKeys(ctx, keysPath(out.dir), steps, snap.(connectors.KeyReader).ReadKeys)
	return err
}

func keysPath(dir string) string { return filepath.Join(dir, "keys.parquet") }

// presentKeys are all keys the source has.
func (m *merging) presentKeys() string { return engine.Parquet([]string{keysPath(m.out.dir)}) }

// quarantine writes the quarantine of the merged image: what was refused of the rows
// read, and of the head's what was neither read again nor is gone.
func (m *merging) quarantine(ctx context.Context) (path string, n int64, err error) {
	query := "SELECT * FROM " + engine.Parquet(m.out.bad)
	name := datasetName("quality", m.out.plan.Resource, "quarantine")
	if m.run.head.Datasets[name].Rows > 0 {
		old, err := m.run.relation(ctx, m.run.head, name)
		if err != nil {
			return "", 0, err
		}
		keys, _, err := m.quarantineKeys(ctx, old, "held-back")
		if err != nil {
			return "", 0, err
		}
		query += " UNION ALL BY NAME SELECT q.* FROM " + old + ` q JOIN ` + engine.Parquet([]string{keys}) + ` r ON q."key" = r.` + textColumn +
			" WHERE NOT EXISTS (FROM reread g WHERE " + equalKeys("r", "g", m.keys) + ")"
		if m.out.gone != nil {
			query += " AND EXISTS (FROM " + m.presentKeys() + " g WHERE " + equalKeys("r", "g", m.keys) + ")"
		}
	}
	path = filepath.Join(m.out.dir, "quarantine.parquet")
	n, err = m.s.CopyQuery(ctx, "quarantine", query, path, engine.ParquetOptions{})
	return path, n, err
}

// join joins literals by commas; one that nothing equals where there are none.
func join(lits []string) string {
	if len(lits) == 0 {
		return "NULL"
	}
	return strings.Join(lits, ", ")
}
