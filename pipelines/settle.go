package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/sets"
	"guiji/transforms/onesource"
)

// settled is one resource after its set steps: datasets ready to be staged and
// the state it will have in the release.
type settled struct {
	res          *catalog.Resource
	state        lake.Resource
	datasets     map[string]*staged
	metrics      []quality.Metric
	refs         map[string]string // the images its foreign keys looked into
	dir          string            // scratch folder of the files made here
	unread       string            // as pulled.unread
	nameless     bool              // as pulled.nameless
	standardised map[string]string // by rule: how the values it judges came out of the source
	accepted     *deletes          // over the limit, and let pass by a person; nil if there are none
	warnings     []string
}

func (s *settled) gated() bool { return s.state.Gate != "" }

// shut is what a run ends with for a shut gate.
func (s *settled) shut() error {
	return fault.New(fault.Gate, "pipeline.gate", s.res.ID, s.state.Gate).Try("pipeline.gate.hint")
}

// settle runs the set steps of one resource over its pulled files: failures,
// gate, duplicates, standard. refs are the current images of other resources.
func (r *run) settle(ctx context.Context, p *pulled, refs map[string]string) (*settled, error) {
	s, err := r.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	res := p.plan.res
	raw := rawRelation(keys(res), engine.Parquet(p.files))
	outcome, err := sets.Evaluate(ctx, sets.Input{
		Session: s, Env: p.env, Raw: engine.Parquet(p.files), Keys: keys(res), Rules: p.rules, Counts: p.counts, Rows: p.rows, Unique: p.ordered, Refs: refs, Past: refs[pastMetrics],
	})
	if err != nil {
		return nil, err
	}
	if err := r.letIn(ctx, s, p, &outcome); err != nil {
		return nil, err
	}
	removed, err := onesource.Duplicates(ctx, s, p.table(raw))
	if err != nil {
		return nil, err
	}
	out := &settled{res: res, metrics: outcome.Metrics, warnings: p.reach.warnings, datasets: map[string]*staged{}, refs: refs, unread: p.unread, nameless: p.nameless, standardised: r.standardised(p), dir: filepath.Join(p.dir, fmt.Sprintf("settled-%d", p.settles)), state: lake.Resource{
		Outcome: lake.RunOK, Slot: r.slot, Pulled: p.at, Inconsistent: !p.consistent, Read: p.read, Fetched: p.fetched, Quarantined: p.badRows, Withheld: outcome.WithheldRows,
		Duplicates: removed, FailedRows: outcome.FailedRows, ErrorRows: outcome.ErrorRows,
	}}
	for _, f := range p.plan.Refused {
		out.state.Refused = append(out.state.Refused, res.ID+"."+f.Item)
	}
	p.tell(&out.state, outcome, r.Lang)
	if reason := r.gate(p, outcome); reason != "" {
		out.state.Outcome, out.state.Gate = lake.RunGated, reason
	} else if p.gone.over() {
		out.accepted = p.gone
	}
	p.settles++ // another time's files stand beside: these may be in the store by then
	if err := os.MkdirAll(out.dir, 0o700); err != nil {
		return nil, err
	}
	if err := r.writeQuality(ctx, s, p, out); err != nil {
		return nil, err
	}
	return out, r.writeImage(ctx, s, p, raw, out)
}

// table is the pulled image as onesource sees it.
func (p *pulled) table(raw string) onesource.Table {
	t := onesource.Table{Resource: p.plan.res, Items: p.plan.items, Keys: keys(p.plan.res), Raw: raw}
	if p.ordered {
		t.Ordered = p.fileRows
	}
	return t
}

// rawRelation is a raw image as the set steps see it: a keyless one gets its key, the
// row's hash and an ordinal among equal rows.
func rawRelation(keys []string, files string) string {
	if !slices.Equal(keys, []string{"_key"}) {
		return files
	}
	return "(SELECT *, _hash || '-' || row_number() OVER (PARTITION BY _hash) AS _key FROM " + files + ")"
}

// gate says why the resource's gate is shut, "" if it is open.
func (r *run) gate(p *pulled, o sets.Outcome) string {
	if len(o.Blocked) > 0 {
		return text.Format(r.Lang, "pipeline.gate.blocked", strings.Join(o.Blocked, ", "))
	}
	if p.gone.over() && !r.req.Deletes {
		return p.gone.reason(r.Lang, p.plan.Resource)
	}
	g := p.plan.gate
	if p.read == 0 && (g == nil || !g.AllowEmpty) {
		return text.Format(r.Lang, "pipeline.gate.empty", p.plan.Connection, p.plan.Table)
	}
	if p.rows == 0 && p.read > 0 { // an empty image of a full table
		return text.Format(r.Lang, "pipeline.gate.unreadable", p.plan.Connection, p.plan.Table, p.read)
	}
	if g == nil || g.MaxFailureRate == nil || p.read == 0 {
		return ""
	}
	limit := float64(*g.MaxFailureRate)
	bad := o.ErrorRows + p.badRows
	if rate := float64(bad) / float64(p.read); rate > limit {
		return text.Format(r.Lang, "pipeline.gate.rate", bad, p.read, rate*100, limit*100)
	}
	return ""
}

// writeImage writes raw and standard, or, behind a shut gate, only what the repair
// list needs: the old raw and standard stay.
func (r *run) writeImage(ctx context.Context, s *engine.Session, p *pulled, raw string, out *settled) error {
	res, t := out.res, table(out.res.ID)
	image := &staged{paths: p.files, rows: p.fileRows}
	if out.gated() {
		image.Dataset = lake.Dataset{Layer: "quality", Table: t + "__held", Label: res.Name + "（未通过闸门的数据）"}
		out.datasets[datasetName("quality", res.ID, "held")] = image
		return image.describe(ctx, s, itemLabels(res))
	}
	image.Dataset = lake.Dataset{Layer: "raw", Table: t, Label: res.Name + "（归集原始数据）"}
	out.datasets[datasetName("raw", res.ID)] = image
	if err := image.describe(ctx, s, itemLabels(res)); err != nil {
		return err
	}
	query, err := onesource.Standard(ctx, s, p.table(raw))
	if err != nil {
		return err
	}
	standard, err := write(ctx, s, out.dir, "standard", query,
		lake.Dataset{Layer: "standard", Table: t, Label: res.Name, Sorted: keys(res), Serve: string(res.Serve)},
		itemLabels(res))
	if err != nil {
		return err
	}
	for _, name := range res.LookupKey { // an item that is not collected is no column
		if slices.ContainsFunc(standard.Columns, func(c lake.Column) bool { return c.Name == name }) {
			standard.Lookup = append(standard.Lookup, name)
		}
	}
	out.datasets[datasetName("standard", res.ID)] = standard
	out.state.Landed = standard.Rows
	return r.writeHistory(ctx, s, p, out)
}

// writeQuality writes failures, metrics, quarantine and duplicates: they land
// whether or not the gate is open.
func (r *run) writeQuality(ctx context.Context, s *engine.Session, p *pulled, out *settled) error {
	res, k := out.res, engine.Idents(keys(out.res))
	add := func(name, label, query string, sorted []string, l labels) error {
		d, err := write(ctx, s, out.dir, name, query, lake.Dataset{
			Layer: "quality", Table: table(res.ID) + "__" + name, Label: res.Name + "（" + label + "）", Sorted: sorted,
		}, l)
		if err == nil {
			out.datasets[datasetName("quality", res.ID, name)] = d
		}
		return err
	}
	if err := add("failures", "问题记录", "SELECT "+k+", rule, version FROM failures ORDER BY rule, "+k,
		append([]string{"rule"}, keys(res)...), itemLabels(res)); err != nil {
		return err
	}
	unsorted := engine.Parquet(p.bad)
	if err := add("quarantine", "无法读取的记录", "SELECT * FROM "+unsorted+" ORDER BY ALL",
		nil, plainLabels); err != nil {
		return err
	}
	if err := add("duplicates", "重复记录",
		onesource.DuplicatesQuery(p.table("")), keys(res), itemLabels(res)); err != nil {
		return err
	}
	if p.gone != nil {
		if err := add("deleted", "来源已删除的记录", "SELECT * FROM "+engine.Parquet([]string{p.gone.file})+" ORDER BY "+k, keys(res), itemLabels(res)); err != nil {
			return err
		}
	}
	if err := r.writeLetIn(ctx, s, out); err != nil {
		return err
	}
	return writeMetrics(ctx, s, out)
}

func writeMetrics(ctx context.Context, s *engine.Session, out *settled) error {
	path := filepath.Join(out.dir, "metrics.parquet")
	fields := append(texts("rule", "version", "kind", "item", "title", "indicator", "severity", "on_fail", "status"),
		append(integers("a", "b", "failed"), texts("reason", "observed", "past")...)...)
	w, err := newRowWriter(path, fields)
	if err != nil {
		return err
	}
	for _, m := range out.metrics {
		if err := w.append(m.Rule, m.Version, m.Kind, m.Item, m.Title, m.Indicator, string(m.Severity), string(m.OnFail),
			string(m.Status), m.A, m.B, m.Failed, m.Reason, m.Observed, m.Past); err != nil {
			return err
		}
	}
	if err := w.close(); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	d := &staged{paths: []string{path}, rows: []int64{int64(len(out.metrics))}, Dataset: lake.Dataset{
		Layer: "quality", Table: table(out.res.ID) + "__metrics", Label: out.res.Name + "（核查结果）", Sorted: []string{"rule"},
	}}
	out.datasets[datasetName("quality", out.res.ID, "metrics")] = d
	return d.describe(ctx, s, plainLabels)
}
