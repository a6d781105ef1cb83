package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// merging makes the image of a resource out of what a run read of it: an increment goes
// into the head's image by key, keys that the source no longer has come out of it. Row
// checks run over the whole image again, so that counts, rules that changed and rules
// that look at the date are what a full read would give.
type merging struct {
	run   *run
	out   *pulled
	steps *standardize.Plan
	s     *engine.Session
	keys  []string
	old   string // the head's image; "" if there is none
	delta string // what was read
}

// complete turns what was read into the resource's image.
func (r *run) complete(ctx context.Context, out *pulled, steps *standardize.Plan, checks *quality.RowSet) error {
	out.fetched = out.read
	if out.reach.deliveries != nil {
		return r.completeFiles(ctx, out, steps, checks)
	}
	detect := out.plan.res.Source.DeleteDetection && r.req.Sample == 0
	if !out.reach.merges() && !detect && (!out.reach.follows || out.badRows == 0) && out.reach.clock.kind == "" {
		return nil
	}
	r.merges.Lock() // DuckDB uses all cores by itself, and memory stays that of one image
	defer r.merges.Unlock()
	s, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	m := &merging{run: r, out: out, steps: steps, s: s, keys: out.plan.res.Source.Key, delta: engine.Parquet(out.files)}
	if r.head != nil {
		if m.old, err = r.relation(ctx, r.head, datasetName("raw", out.plan.Resource)); err != nil {
			return err
		}
	}
	if err := m.reread(ctx); err != nil {
		return err
	}
	if err := m.behindClock(ctx); err != nil {
		return err
	}
	if detect {
		if err := m.detect(ctx); err != nil {
			return err
		}
	}
	if !out.reach.merges() {
		return nil
	}
	if err := m.doubts(ctx); err != nil {
		return err
	}
	return m.merge(ctx, checks)
}

// reread makes the table of all keys that were read, quarantined rows' included. A row
// in quarantine withdraws the version of it that the image has.
func (m *merging) reread(ctx context.Context) error {
	k := engine.Idents(m.keys)
	if !m.out.reach.merges() && !m.out.plan.res.Source.DeleteDetection { // only whether keys can be read is asked
		return m.readable(ctx)
	}
	if err := m.s.Exec(ctx, "reread", "CREATE TEMP TABLE reread AS SELECT DISTINCT "+k+" FROM "+m.delta); err != nil {
		return err
	}
	if m.out.badRows == 0 {
		return nil
	}
	path, unreadable, err := m.quarantineKeys(ctx, engine.Parquet(m.out.bad), "quarantined")
	if err != nil {
		return err
	}
	if unreadable > 0 && m.out.reach.follows {
		m.out.reach.image = imageUnreadable
	}
	return m.s.Exec(ctx, "reread", "INSERT INTO reread SELECT DISTINCT "+k+" FROM "+engine.Parquet([]string{path}))
}

// readable marks an image that no increment can be merged into: nobody could tell
// whether a quarantined row without a readable key was mended.
func (m *merging) readable(ctx context.Context) error {
	if m.out.badRows == 0 {
		return nil
	}
	_, unreadable, err := m.quarantineKeys(ctx, engine.Parquet(m.out.bad), "quarantined")
	if unreadable > 0 && m.out.reach.follows {
		m.out.reach.image = imageUnreadable
	}
	return err
}

// behindClock moves the next cursor back to the largest value that is not ahead of the
// clocks. The clocks' own time is too late for rows whose writers keep another zone.
func (m *merging) behindClock(ctx context.Context) error {
	w, it := m.out.reach, m.out.plan.timeItem()
	if w.clock.kind == "" || it == nil {
		return nil
	}
	form := "%Y-%m-%d %H:%M:%S.%f"
	if w.kind == connectors.CursorDay {
		form = "%Y-%m-%d"
	}
	last := "SELECT coalesce(strftime(max(CAST(" + engine.Ident(it.Name) + " AS TIMESTAMP)), " + engine.Lit(form) + "), '') FROM " + m.delta +
		" WHERE CAST(" + engine.Ident(it.Name) + " AS TIMESTAMP) <= TIMESTAMP " + engine.Lit(w.clock.String())
	var found string
	if err := m.s.Row(ctx, "cursor", last, &found); err != nil {
		return err
	}
	at, ok := parsePosition(w.kind, found)
	was, had := parsePosition(w.kind, w.was.Cursor)
	switch {
	case w.merges() && had && (!ok || at.compare(was) < 0):
		w.cursor = w.was.Cursor
	case ok:
		w.cursor = at.String()
	}
	return nil
}

// merge writes the head's image without the keys that were read or are gone, and what
// was read, by key; then checks it.
func (m *merging) merge(ctx context.Context, checks *quality.RowSet) error {
	if err := m.sameTypeBits(ctx); err != nil {
		return err
	}
	columns := m.columns()
	stay := "SELECT " + columns + " FROM " + m.old + " r WHERE NOT EXISTS (FROM reread g WHERE " + equalKeys("r", "g", m.keys) + ")"
	if m.out.gone != nil {
		stay += " AND NOT EXISTS (FROM vanished g WHERE " + equalKeys("r", "g", m.keys) + ")"
	}
	return m.write(ctx, stay+" UNION ALL SELECT "+columns+" FROM "+m.delta+" r ORDER BY "+engine.Idents(m.keys), m.quarantine, checks)
}

// write writes an image and its quarantine, and checks it whole.
func (m *merging) write(ctx context.Context, query string, quarantine func(context.Context) (string, int64, error), checks *quality.RowSet) error {
	bad, n, err := quarantine(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(m.out.dir, "image")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, "merged.parquet")
	if _, err = m.s.CopyQuery(ctx, "merge", query, path, engine.ParquetOptions{}); err != nil {
		return err
	}
	image, err := openImage(path, m.out.plan.Parts, m.run.Project.Config.Defaults.Batch, m.run.alloc)
	if err != nil {
		return err
	}
	whole := *m.out
	whole.dir, whole.files, whole.fileRows, whole.rows, whole.read = dir, nil, nil, 0, 0
	whole.bad, whole.badRows, whole.counts = nil, 0, map[string]quality.Count{}
	whole.quiet = true
	if err := m.run.pullParts(ctx, &whole, image, &carried{schema: m.steps.Schema(), types: len(m.out.plan.items)}, checks); err != nil {
		return err
	}
	whole.bad, whole.badRows, whole.read = []string{bad}, n, whole.rows+n
	*m.out = whole
	return os.Remove(path)
}

// columns are the image's, and the bits of its type rules, which nothing but the source
// could tell again.
func (m *merging) columns() string {
	var out []string
	for _, f := range m.steps.Schema().Fields() {
		out = append(out, engine.Qualified("r", f.Name))
	}
	for w, mask := range typeMasks(len(m.out.plan.items)) {
		out = append(out, fmt.Sprintf("%s & %d AS _type%d", engine.Qualified("r", quality.MaskColumn(w)), mask, w))
	}
	return strings.Join(out, ", ")
}

// typeMasks are the bits of the type rules, which come first, one an item.
func typeMasks(items int) []int64 {
	masks := make([]int64, (items+quality.MaskBits-1)/quality.MaskBits)
	for i := range items {
		masks[i/quality.MaskBits] |= 1 << (i % quality.MaskBits)
	}
	return masks
}

// sameTypeBits makes sure that the head's image has its type rules where this run's has.
func (m *merging) sameTypeBits(ctx context.Context) error {
	files, err := m.run.Cache.Files(ctx, m.run.head.Datasets[datasetName("raw", m.out.plan.Resource)])
	if err != nil {
		return err
	}
	for _, file := range []string{files[0], m.out.files[0]} {
		meta, err := m.s.Metadata(ctx, file, rulesKey)
		if err != nil {
			return err
		}
		bits, err := readRules(meta)
		if err != nil {
			return fmt.Errorf("rules of %s: %w", m.out.plan.Resource, err)
		}
		for i, it := range m.out.plan.items {
			if !slices.ContainsFunc(bits, func(b bitRule) bool { return b.Bit == i && b.Kind == quality.TypeCheck && b.Item == it.Name }) {
				return fault.New(fault.Internal, "pipeline.image.bits", m.out.plan.Resource)
			}
		}
	}
	return nil
}

// equalKeys joins two relations by a key that has no NULL.
func equalKeys(a, b string, keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = engine.Qualified(a, k) + " = " + engine.Qualified(b, k)
	}
	return strings.Join(out, " AND ")
}
