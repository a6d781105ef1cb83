package pipelines

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"guiji/internal/arrowpool"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// poolLimit bounds the Arrow memory kept for re-use between batches.
const poolLimit = 128 << 20

// Run runs one pipeline once and returns its record, which is in the store too.
// The error is the run's worst: of a partial run that of its worst resource, of a
// gated one fault.Gate. A record comes with every error after the lease was taken; of
// a run that ended before, it is only in the store.
func (r *Runner) Run(ctx context.Context, req Request) (*lake.RunRecord, error) {
	started := r.Now()
	u := r.newRun(req, started)
	var lease *heldLease
	var err error
	if u.plan, err = MakePlan(r.Project, req.Pipeline, req.Resources, started); err == nil {
		lease, err = holdLease(ctx, r.Objects, req.Pipeline, r.Owner, r.Project.Config.Defaults.Lease)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Unreachable { // the store that would hold the record
			return nil, err
		}
		return nil, u.finish(ctx, err)
	}
	r.at(atLeaseTaken)
	u.generation = lease.lease.Generation()
	err = guarded(func() error { return u.work(lease.ctx) })
	if lease.lost() != nil && fault.KindOf(err) != fault.Unknown {
		err = lease.lost()
	}
	err = u.finish(ctx, err)
	if rerr := lease.release(); err == nil {
		err = rerr
	}
	r.at(atLeaseReleased)
	return u.record, err
}

// newRun is a run that has not begun.
func (r *Runner) newRun(req Request, started time.Time) *run {
	u := &run{Runner: r, req: req, began: time.Now(), chain: r.chainOf(), alloc: r.Alloc, failures: map[string]error{}, drifts: map[string]*drift{}}
	u.id, u.attempt = runID(started), runID(started)
	switch u.slot = req.Slot; {
	case req.recheck != nil:
		u.slot = modeRecheck + "@" + u.id
	case u.slot == "":
		u.slot = "manual@" + u.id
	}
	if u.alloc == nil {
		u.alloc = arrowpool.New(poolLimit)
	}
	u.record = &lake.RunRecord{ID: u.id, Pipeline: req.Pipeline, Slot: u.slot, Started: started, Resources: map[string]lake.RunResource{}}
	return u
}

// runID sorts by start time and is unlike any other run's.
func runID(at time.Time) string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return at.Format("20060102T150405") + "-" + hex.EncodeToString(b)
}

// work makes the scratch folder, runs the stages, and cleans up.
func (r *run) work(ctx context.Context) (err error) {
	folder, err := newScratch(r.Project.Scratch(), r.id)
	if err != nil {
		return err
	}
	defer folder.remove()
	r.scratch = folder.path
	if r.resume, err = openResume(r.Project.Scratch(), r.Project.Dir, r.req.Pipeline); err != nil {
		return err
	}
	defer r.resume.close()
	if err = r.readReleased(ctx); err != nil {
		return err
	}
	ctx, cancel := r.withinTwice(ctx)
	defer cancel()
	r.sources = newSources(r)
	defer func() { err = errors.Join(err, r.sources.close()) }()
	return r.overdue(ctx, r.stages(ctx))
}

// stages takes the run through its states (docs/architecture.md, "A run").
func (r *run) stages(ctx context.Context) error {
	head, err := r.chain.Head(ctx)
	if err != nil {
		return err
	}
	if head != nil && r.req.Slot != "" && slotTaken(head, r.req.Slot) {
		r.record.Outcome, r.record.Reason = lake.RunOK, text.Format(r.Lang, "pipeline.slot_taken", r.req.Slot)
		return nil
	}
	r.head = head
	r.leaveLanded()
	var pulls []*pulled
	if err := r.stage("pull", func() (err error) { pulls, err = r.collect(ctx); return err }); err != nil {
		return err
	}
	r.at(atPullDone)
	set := newSettling(r, pulls)
	if err := r.stage("settle", func() error { return set.over(ctx, head) }); err != nil {
		return err
	}
	r.at(atSettleDone)
	if r.req.recheck != nil {
		if err := r.compareRules(ctx, set); err != nil || r.req.recheck.dry {
			return err
		}
	}
	if len(set.landing()) == 0 && !r.tells() {
		return nil
	}
	var rel *lake.Release
	if err := r.stage("commit", func() (err error) { rel, err = r.land(ctx, head, set); return err }); err != nil || rel == nil {
		return err
	}
	r.at(atCommitAfter)
	r.record.Release = rel.Version
	r.recordLanded(rel, set.landing())
	r.recordDrift(rel)
	r.at(atServeBefore)
	if err := r.stage("serve", func() error { return r.Serve(ctx, rel) }); err != nil {
		return err
	}
	r.at(atServeAfter)
	if err := r.stage("report", func() error { return r.report(ctx, rel) }); err != nil {
		return err
	}
	r.at(atReportAfter)
	return nil
}

// collect pulls the plan's resources; a recheck reads what the head holds of them.
func (r *run) collect(ctx context.Context) ([]*pulled, error) {
	if r.req.recheck != nil {
		return r.recheckAll(ctx)
	}
	return r.pullAll(ctx)
}

// report writes the reports of a release against the one before it, which another
// run may have made meanwhile.
func (r *run) report(ctx context.Context, rel *lake.Release) error {
	previous, err := r.chain.Before(ctx, rel.Version)
	if err != nil {
		return err
	}
	return r.Report(ctx, rel, previous)
}

// stage runs a stretch of the run and notes how long it took.
func (r *run) stage(name string, f func() error) error {
	r.Progress.Stage(name)
	began := time.Now()
	err := f()
	r.record.Stages = append(r.record.Stages, lake.Stage{Name: name, Started: began, Took: time.Since(began)})
	r.Log.Info("stage", "run", r.id, "stage", name, "took", time.Since(began).Round(time.Millisecond), "ok", err == nil)
	return err
}

// finish settles the outcome, writes the record, failed ones too, and returns the
// error the command ends with.
func (r *run) finish(ctx context.Context, err error) error {
	rec := r.record
	rec.Ended = rec.Started.Add(time.Since(r.began)) // whoever set the clock meanwhile
	if ctx.Err() != nil && err != nil && fault.KindOf(err) != fault.Unknown {
		err = fault.New(fault.Interrupted, "pipeline.interrupted")
	}
	if err == nil {
		err = r.worst()
	}
	switch {
	case err == nil:
		rec.Outcome = lake.RunOK
	case rec.Release == 0:
		rec.Outcome = lake.RunFailed
	case fault.KindOf(err) == fault.Gate:
		rec.Outcome = lake.RunGated
	default:
		rec.Outcome = lake.RunPartial
	}
	if err != nil {
		rec.Kind, rec.Reason = fault.KindOf(err).String(), fault.Message(r.Lang, err)
		r.notLanded(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if aerr := r.Audit("run", rec.ID, rec.Outcome); aerr != nil && err == nil {
		err, rec.Outcome = aerr, lake.RunPartial
		rec.Kind, rec.Reason = fault.KindOf(err).String(), fault.Message(r.Lang, err)
	}
	r.at(atRecordBefore)
	if perr := lake.PutRun(ctx, r.Objects, *rec); err == nil {
		err = perr
	}
	return err
}

// notLanded tells of the resources that the run ended before: what was read of them has
// not landed, for the run's own reason.
func (r *run) notLanded(err error) {
	if r.plan == nil || r.record.Release > 0 {
		return
	}
	for _, p := range r.plan.Resources {
		if _, told := r.record.Resources[p.Resource]; !told {
			r.record.Resources[p.Resource] = lake.RunResource{Outcome: lake.RunFailed, Kind: fault.KindOf(err).String(), Reason: text.Format(r.Lang, "pipeline.not_landed")}
		}
	}
}

// worst is the error of the worst resource or entity: internal, refused,
// unreachable, configuration, then a shut gate.
func (r *run) worst() error {
	order := map[fault.Kind]int{
		fault.Internal: 6, fault.Unknown: 6, fault.Refused: 5, fault.Unreachable: 4, fault.Changed: 4, fault.Data: 4, fault.Config: 3, fault.Gate: 1,
	}
	var worst error
	for _, id := range slices.Sorted(maps.Keys(r.failures)) {
		err := r.failures[id]
		if err != nil && (worst == nil || order[fault.KindOf(err)] > order[fault.KindOf(worst)]) {
			worst = err
		}
	}
	return worst
}

// fail keeps what became of one resource that did not land.
func (r *run) fail(resource string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures[resource] = err
	r.record.Resources[resource] = lake.RunResource{Outcome: lake.RunFailed, Kind: fault.KindOf(err).String(), Reason: fault.Message(r.Lang, err)}
	r.Log.Error("resource failed", "run", r.id, "resource", resource, "kind", fault.KindOf(err).String(), "error", err.Error())
	r.Progress.Done(resource, lake.RunFailed)
}

// recordLanded notes the resources of the release and their gates.
func (r *run) recordLanded(rel *lake.Release, done []*settled) {
	for _, s := range done {
		rec := lake.RunResource{Outcome: lake.RunOK, Resource: rel.Resources[s.res.ID], Resumed: r.resume.parts(s.res.ID)}
		r.resume.drop(s.res.ID)
		rec.Warnings = s.warnings
		if s.gated() {
			rec.Outcome, rec.Kind, rec.Reason = lake.RunGated, fault.Gate.String(), s.state.Gate
			r.failures[s.res.ID] = s.shut()
		}
		r.record.Resources[s.res.ID] = rec
		r.Progress.Done(s.res.ID, rec.Outcome)
	}
}

// scratchFor is the scratch folder of one resource.
func (r *run) scratchFor(resource string) string {
	return filepath.Join(r.scratch, filepath.FromSlash(resource))
}

// openEngine starts an engine session with the run's limits.
func (r *run) openEngine(ctx context.Context) (*engine.Session, error) {
	d := r.Project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: r.scratch, Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return nil, fmt.Errorf("open an engine session: %w", err)
	}
	return s, nil
}
