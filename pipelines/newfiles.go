package pipelines

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// modeNewFiles reads the files that no release has taken up (docs/decisions/010). What
// stands for the cursor then is the manifest of those that were.
const (
	modeNewFiles = string(catalog.ModeNewFiles)
	kindFiles    = connectors.CursorKind("files")
)

// newFiles decides what a run would read of a folder of files over a head, as far as can be
// told without its source.
func (w *reach) newFiles(p *catalog.Project, plan *PlannedPull, head *lake.Release, req Request, now time.Time) error {
	if req.From != "" || req.To != "" {
		return fault.New(fault.Config, "pipeline.backfill.full", plan.Resource)
	}
	w.follows, w.image, w.deliveries = true, fingerprint(p, plan), &connectors.Deliveries{}
	if w.was.CursorKind == string(kindFiles) {
		w.deliveries.Taken = w.was.Cursor
	}
	reason := w.obstacle(plan, head, now)
	switch {
	case req.Full:
		reason = "pipeline.mode.asked"
	case reason == "" && w.deliveries.Taken == "":
		reason = "pipeline.mode.begins"
	}
	if reason != "" {
		w.full(reason)
		return nil
	}
	w.mode = modeNewFiles
	return nil
}

// deliver asks the snapshot what it says of its files, and settles what the next run need
// not read. Rows of files that are gone cannot be read again: only a person gives them up.
func (w *reach) deliver(plan *PlannedPull, snap connectors.Snapshot, lang text.Lang) error {
	source, ok := snap.(connectors.Deliverer)
	if !ok {
		w.follows, w.image, w.deliveries = false, "", nil
		w.full("pipeline.mode.no_files", plan.Connection)
		return nil
	}
	d := source.Delivered()
	if w.mode == modeNewFiles && len(d.Changed) > 0 && len(plan.res.Source.Key) == 0 {
		w.full("pipeline.mode.changed_files", few(d.Changed))
		return nil
	}
	if w.mode == modeFull && d.Missing > 0 && w.reason != "pipeline.mode.asked" {
		return fault.New(fault.Config, "pipeline.files.gone", plan.Resource, w.why(lang), d.Missing).Try("pipeline.files.gone.hint")
	}
	w.delivered, w.cursor, w.kind = d, d.Manifest, kindFiles
	if len(d.Changed) > 0 && w.mode == modeNewFiles {
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.files.changed", few(d.Changed)))
	}
	switch {
	case w.mode == modeFull && d.Missing > 0:
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.files.given_up", d.Missing))
	case len(d.Gone) > 0:
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.files.vanished", few(d.Gone)))
	}
	return nil
}

// few are the first names of a list.
func few(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(", … (%d)", len(names))
}

// completeFiles turns what was read of files into the resource's image. Of rows that share a
// key the one that came last stands; without a key all do.
func (r *run) completeFiles(ctx context.Context, out *pulled, steps *standardize.Plan, checks *quality.RowSet) error {
	if !out.reach.follows {
		return nil
	}
	r.merges.Lock() // as in complete
	defer r.merges.Unlock()
	s, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	m := &merging{run: r, out: out, steps: steps, s: s, keys: out.plan.res.Source.Key, delta: engine.Parquet(out.files)}
	replaced, err := m.latest(ctx)
	if err != nil {
		return err
	}
	if replaced > 0 {
		out.reach.warnings = append(out.reach.warnings, text.Format(r.Lang, "pipeline.files.replaced", replaced))
	}
	if !out.reach.merges() {
		if replaced == 0 {
			return nil
		}
		return m.write(ctx, "SELECT "+m.columns()+" FROM "+m.delta+" r ORDER BY "+engine.Idents(m.keys), m.quarantineOfFiles, checks)
	}
	if m.old, err = r.relation(ctx, r.head, datasetName("raw", out.plan.Resource)); err != nil {
		return err
	}
	if err := m.sameTypeBits(ctx); err != nil {
		return err
	}
	stay, order := "SELECT "+m.columns()+" FROM "+m.old+" r", "_hash"
	if len(m.keys) > 0 {
		order = engine.Idents(m.keys)
		if err := m.s.Exec(ctx, "reread", "CREATE TEMP TABLE reread AS SELECT DISTINCT "+order+" FROM "+m.delta); err != nil {
			return err
		}
		stay += " WHERE NOT EXISTS (FROM reread g WHERE " + equalKeys("r", "g", m.keys) + ")"
	}
	return m.write(ctx, stay+" UNION ALL SELECT "+m.columns()+" FROM "+m.delta+" r ORDER BY "+order, m.quarantineOfFiles, checks)
}

// latest leaves of the rows that were read and share a key the last one, and tells how many
// others there were. The files are in the order of what was read, and so are their rows.
func (m *merging) latest(ctx context.Context) (replaced int64, err error) {
	if len(m.keys) == 0 {
		return 0, nil
	}
	k := engine.Idents(m.keys)
	if err := m.s.Row(ctx, "latest", "SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM "+m.delta+" GROUP BY "+k+" HAVING count(*) > 1)", &replaced); err != nil || replaced == 0 {
		return 0, err
	}
	var order []string
	for i, file := range m.out.files {
		order = append(order, fmt.Sprintf("(%s, %d)", engine.Lit(file), i))
	}
	placed := "(SELECT d.*, (o.n::BIGINT << 40) + d.file_row_number AS _came FROM read_parquet([" + literals(m.out.files) +
		"], hive_partitioning = false, union_by_name = true, filename = true, file_row_number = true) d JOIN (VALUES " + strings.Join(order, ", ") + ") o(file, n) ON d.filename = o.file)"
	if err := m.s.Exec(ctx, "latest", "CREATE TEMP TABLE latest AS SELECT max(_came) AS last_came FROM "+placed+" GROUP BY "+k); err != nil {
		return 0, err
	}
	m.delta = "(SELECT * FROM " + placed + " WHERE _came IN (SELECT last_came FROM latest))"
	return replaced, nil
}

func literals(files []string) string {
	lits := make([]string, len(files))
	for i, f := range files {
		lits[i] = engine.Lit(f)
	}
	return strings.Join(lits, ", ")
}

// quarantineOfFiles writes the quarantine of the image: what was refused of the rows read,
// and of the head's what stands in files that were not read again.
func (m *merging) quarantineOfFiles(ctx context.Context) (path string, n int64, err error) {
	query := "SELECT * FROM " + engine.Parquet(m.out.bad)
	if len(m.out.bad) == 0 {
		query = "SELECT NULL::VARCHAR AS key, NULL::VARCHAR AS \"column\", NULL::VARCHAR AS text, NULL::VARCHAR AS reason, NULL::VARCHAR AS place WHERE false"
	}
	name := datasetName("quality", m.out.plan.Resource, "quarantine")
	if m.out.reach.merges() && m.run.head.Datasets[name].Rows > 0 {
		old, err := m.run.relation(ctx, m.run.head, name)
		if err != nil {
			return "", 0, err
		}
		kept, err := m.keptNames()
		if err != nil {
			return "", 0, err
		}
		// A place is file:row, or file#sheet:row of a workbook.
		query += " UNION ALL BY NAME SELECT q.* FROM " + old + ` q WHERE regexp_replace(regexp_replace(q.place, ':[0-9]+$', ''), '(?i)(\.xls[a-z]?)#.*$', '\1') IN (SELECT name FROM ` +
			engine.Parquet([]string{kept}) + ")"
	}
	path = filepath.Join(m.out.dir, "quarantine.parquet")
	n, err = m.s.CopyQuery(ctx, "quarantine", query, path, engine.ParquetOptions{})
	return path, n, err
}

// keptNames writes the names of the files that were not read again.
func (m *merging) keptNames() (string, error) {
	path := filepath.Join(m.out.dir, "kept.parquet")
	w, err := newRowWriter(path, texts("name"))
	if err != nil {
		return "", err
	}
	for _, name := range m.out.reach.delivered.Kept {
		if err := w.append(name); err != nil {
			return "", err
		}
	}
	return path, w.close()
}
