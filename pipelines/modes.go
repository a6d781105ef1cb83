package pipelines

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/sets"
	"guiji/transforms/standardize"
)

// How a resource is pulled, as a release says it.
const (
	modeFull        = string(catalog.ModeFull)
	modeIncremental = string(catalog.ModeIncremental)
	modeBackfill    = "backfill"
)

// What stands in place of an image's fingerprint where no increment can be merged
// into it, whatever the catalogue says.
const (
	imageShared     = "shared-keys"
	imageUnreadable = "unreadable-keys"
)

// reach is how much of a resource a run reads, and what its release will say of it.
type reach struct {
	mode    string
	reason  text.Key // why it is read in full although it is incremental; "" if it is not
	args    []any
	follows bool // its cursor is told by the release
	window  *connectors.Window

	deliveries *connectors.Deliveries // asked for; nil where no files are
	delivered  connectors.Delivered

	image    string        // fingerprint of the image that is made
	was      lake.Resource // in the head
	cursor   string        // where the next increment begins
	kind     connectors.CursorKind
	warnings []string
	clock    position // where values ahead of it are some clock's mistake; not set where there are none
}

// merges reports whether what is read is merged into the head's image.
func (w *reach) merges() bool { return w.mode != modeFull }

func (w *reach) full(reason text.Key, args ...any) {
	w.mode, w.window, w.reason, w.args = modeFull, nil, reason, args
	if w.deliveries != nil {
		w.deliveries = &connectors.Deliveries{Taken: w.deliveries.Taken, All: true}
	}
}

// why is the reason in words, "" if there is none.
func (w *reach) why(lang text.Lang) string {
	if w.reason == "" {
		return ""
	}
	return text.Format(lang, w.reason, w.args...)
}

// reachOf decides what a run would read of a resource over a head, as far as can be
// told without its source. A head of nil is none.
func reachOf(p *catalog.Project, plan *PlannedPull, head *lake.Release, req Request, lang text.Lang, now time.Time) (*reach, error) {
	w := &reach{mode: modeFull}
	if head != nil {
		w.was = head.Resources[plan.Resource]
	}
	if req.Sample > 0 {
		return w, nil
	}
	if plan.res.NewFiles() {
		return w, w.newFiles(p, plan, head, req, now)
	}
	backfill := req.From != "" || req.To != ""
	if !plan.res.Incremental() {
		if backfill {
			return nil, fault.New(fault.Config, "pipeline.backfill.full", plan.Resource)
		}
		return w, nil
	}
	w.follows, w.image = true, fingerprint(p, plan)
	reason := w.obstacle(plan, head, now)
	switch {
	case backfill && reason != "":
		return nil, w.refuse(plan, lang, reason)
	case backfill:
		return w, w.backfill(plan, req)
	case req.Full:
		reason = "pipeline.mode.asked"
	case reason == "" && plan.res.Source.Refresh > 0 && now.Sub(w.was.Full) >= plan.res.Source.Refresh:
		reason = "pipeline.mode.refresh"
	}
	if reason != "" {
		w.full(reason)
		return w, nil
	}
	return w, w.increment(plan)
}

// refuse says why a window cannot be merged.
func (w *reach) refuse(plan *PlannedPull, lang text.Lang, reason text.Key) error {
	return fault.New(fault.Config, "pipeline.backfill.image", plan.Resource, text.Format(lang, reason)).Try("pipeline.backfill.image.hint")
}

// obstacle says why nothing can be merged into the head's image; "" if it can.
func (w *reach) obstacle(plan *PlannedPull, head *lake.Release, now time.Time) text.Key {
	var raw lake.Dataset
	if head != nil {
		raw = head.Datasets[datasetName("raw", plan.Resource)]
	}
	switch {
	case len(raw.Files) == 0:
		return "pipeline.mode.first"
	case w.was.Outcome != lake.RunOK && !plan.res.NewFiles(): // files that were held back are new ones still
		return "pipeline.mode.gated"
	case w.was.Image == "":
		return "pipeline.mode.begins"
	case w.was.Image == imageShared:
		return "pipeline.mode.shared"
	case w.was.Image == imageUnreadable:
		return "pipeline.mode.unreadable"
	case w.was.Image != w.image:
		return "pipeline.mode.catalogue"
	case w.was.Cursor == "":
		return "pipeline.mode.no_cursor"
	}
	return ""
}

// increment reads from the head's cursor, less the look-back, to the last.
func (w *reach) increment(plan *PlannedPull) error {
	kind := connectors.CursorKind(w.was.CursorKind)
	at, ok := parsePosition(kind, w.was.Cursor)
	if !ok {
		w.full("pipeline.mode.kind")
		return nil
	}
	from, ok := at.before(plan.res.Source.Lookback)
	if !ok {
		return fault.New(fault.Config, "pipeline.lookback.kind", plan.Resource, plan.res.Source.Lookback, kind).Try("pipeline.lookback.hint")
	}
	w.mode, w.kind = modeIncremental, kind
	w.window = &connectors.Window{Column: plan.res.CursorColumn(), From: from.String()}
	return nil
}

// fingerprint is a digest of everything that decides what rows an image holds: where
// they come from and how they are standardised. Rules are none of it: an increment
// runs them all over the merged image.
func fingerprint(p *catalog.Project, plan *PlannedPull) string {
	h := sha256.New()
	for _, part := range []string{
		standardize.Definition(plan.res, plan.items, p.Codes, p.Elements...), plan.Connection, p.Config.Connections[plan.Connection].Data(), plan.Table,
		plan.res.CursorColumn(), p.Config.Timezone,
	} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// snapshot opens a resource's snapshot, as wide as its mode asks. What the source says
// of its cursor may make an increment a full read: then the snapshot is opened anew.
func (r *run) snapshot(ctx context.Context, source connectors.Source, plan *PlannedPull, full text.Key) (connectors.Snapshot, *reach, error) {
	w, err := reachOf(r.Project, plan, r.head, r.req, r.Lang, r.Now())
	if err != nil {
		return nil, nil, err
	}
	switch {
	case full != "" && w.mode == modeBackfill:
		return nil, nil, w.refuse(plan, r.Lang, full)
	case full != "" && w.merges():
		w.full(full)
	}
	for {
		asked, files := w.window, w.deliveries
		snap, err := source.Snapshot(ctx, connectors.Request{
			Table: plan.Table, Columns: plan.columns(), Key: plan.keyColumns(),
			Parts: plan.Parts, BatchRows: r.Project.Config.Defaults.Batch, Limit: r.req.Sample, Window: asked, Deliveries: files,
		})
		if err != nil {
			return nil, nil, err
		}
		if err = r.look(ctx, snap, plan, w); err == nil && w.window == asked && w.deliveries == files {
			return snap, w, nil
		}
		if cerr := snap.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// look asks the snapshot about its cursor and settles where the next increment begins.
func (r *run) look(ctx context.Context, snap connectors.Snapshot, plan *PlannedPull, w *reach) error {
	w.warnings, w.clock = nil, position{}
	if !w.follows {
		return nil
	}
	if w.deliveries != nil {
		return w.deliver(plan, snap, r.Lang)
	}
	source, ok := snap.(connectors.Cursored)
	if !ok {
		return w.unable(plan, "pipeline.mode.unable")
	}
	if _, ok := snap.(connectors.KeyReader); !ok && w.merges() && plan.res.Source.DeleteDetection {
		return w.unable(plan, "pipeline.mode.no_keys")
	}
	cur, err := source.Cursor(ctx, plan.res.CursorColumn())
	if err != nil {
		return err
	}
	if w.mode == modeBackfill {
		if cur.Kind != w.kind {
			return w.refuse(plan, r.Lang, "pipeline.mode.kind")
		}
		return nil
	}
	return w.follow(plan, cur, r.wallClock(r.Now()), r.Lang)
}

// unable makes it a full read; a backfill is none.
func (w *reach) unable(plan *PlannedPull, reason text.Key) error {
	if w.mode == modeBackfill {
		return fault.New(fault.Config, "pipeline.backfill.full", plan.Resource)
	}
	if reason == "pipeline.mode.unable" {
		w.follows, w.image = false, ""
	}
	w.full(reason, plan.Connection)
	return nil
}

// follow compares what the source says of its cursor with the head's, and moves on.
// The next increment begins at the largest value, but never ahead of the source's clock
// or of this program's: a value from a clock that runs ahead would hide what comes
// after it.
func (w *reach) follow(plan *PlannedPull, cur connectors.Cursor, now time.Time, lang text.Lang) error {
	w.warn(plan, cur, lang)
	if w.mode == modeIncremental && cur.Kind != w.kind {
		w.full("pipeline.mode.kind")
		return nil
	}
	w.kind, w.cursor = cur.Kind, ""
	if cur.Max == "" {
		if w.mode == modeIncremental {
			w.full("pipeline.mode.backwards")
		}
		return nil
	}
	last, ok := parsePosition(cur.Kind, cur.Max)
	clock, clockOK := parsePosition(cur.Kind, cur.Now)
	if !ok || !clockOK && cur.Now != "" {
		return fault.New(fault.Data, "pipeline.cursor.unreadable", plan.Resource, plan.Connection)
	}
	if w.mode == modeIncremental {
		was, _ := parsePosition(cur.Kind, w.was.Cursor)
		switch {
		case last.compare(was) < 0:
			w.full("pipeline.mode.backwards")
			return nil
		case clockOK && clock.compare(was) < 0:
			w.full("pipeline.mode.clock")
			return nil
		}
	}
	if clockOK && clock.compare(last) < 0 {
		last = clock
	}
	if own := (position{kind: cur.Kind, time: now}); cur.Kind != connectors.CursorNumber && own.compare(last) < 0 {
		last = own
	}
	w.cursor = last.String()
	if top, _ := parsePosition(cur.Kind, cur.Max); last.compare(top) < 0 { // not by the texts: a source may write 08:00:00.000000
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.cursor.ahead", plan.res.Source.Cursor))
		w.clock = last
	}
	return nil
}

// warn tells of a cursor that makes increments larger or dearer than they need be.
func (w *reach) warn(plan *PlannedPull, cur connectors.Cursor, lang text.Lang) {
	if cur.Nulls {
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.cursor.nulls", plan.res.Source.Cursor))
	}
	if !cur.Indexed {
		w.warnings = append(w.warnings, text.Format(lang, "pipeline.cursor.unindexed", plan.res.Source.Cursor))
	}
}

// wallClock is what a clock on the wall shows at t in the project's zone, as the
// times of rows are written: without a zone.
func (r *run) wallClock(t time.Time) time.Time {
	t = t.In(r.zone())
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000*1000, time.UTC)
}

// zone is the project's time zone.
func (r *run) zone() *time.Location {
	zone, err := time.LoadLocation(r.Project.Config.Timezone)
	if err != nil {
		return r.Now().Location()
	}
	return zone
}

// tell puts into a resource's state how it was read and where the next increment
// begins.
func (p *pulled) tell(state *lake.Resource, o sets.Outcome, lang text.Lang) {
	w := p.reach
	state.Mode, state.ModeReason, state.Full = w.mode, w.why(lang), w.was.Full
	if w.mode == modeFull {
		state.Full = p.at
	}
	if w.follows {
		state.Cursor, state.CursorKind, state.Image = w.cursor, string(w.kind), w.image
	}
	if w.follows && !p.ordered && slices.ContainsFunc(o.Metrics, func(m quality.Metric) bool { return m.Kind == quality.KeyCheck && m.Status == quality.Fail }) {
		state.Image = imageShared
	}
	if p.gone != nil {
		state.Deleted = p.gone.n
	}
	if w.mode == modeRecheck {
		p.tellStored(state)
	}
}
