package pipelines

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/quality/orders"
)

// maxRebases is how often a run that lost the race for a version tries the next.
const maxRebases = 20

// slotsKept is how many slots a release carries on, so that a slot already in the
// chain is known without walking it.
const slotsKept = 1000

// land resolves entities on the head, stages everything and commits; where another
// run was faster, it does so again on the new head, never pulling again.
func (r *run) land(ctx context.Context, head *lake.Release, set *settling) (*lake.Release, error) {
	stage := &staging{run: r, files: map[string]lake.File{}}
	seen, told := head, map[string]bool{}
	for range maxRebases {
		done := set.landing()
		if len(done) == 0 && !r.tells() {
			return nil, nil
		}
		if err := r.accepted(done, told); err != nil {
			return nil, err
		}
		rel, err := r.compose(ctx, seen, done, stage)
		if err != nil {
			return nil, err
		}
		if err := stage.standing(ctx); err != nil {
			return nil, err
		}
		r.at(atCommitBefore)
		err = r.chain.Commit(ctx, rel)
		if err == nil {
			return rel, nil
		}
		if !errors.Is(err, lake.ErrConflict) {
			return nil, err
		}
		if seen, err = r.chain.Head(ctx); err != nil {
			return nil, err
		}
		if err := unchanged(head, seen, done); err != nil {
			return nil, err
		}
		r.Log.Info("rebase", "run", r.id, "head", seen.Version)
		if err := set.over(ctx, seen); err != nil {
			return nil, err
		}
	}
	return nil, fault.New(fault.Unreachable, "pipeline.rebases", maxRebases)
}

// unchanged refuses to rebase over a release that changed what this run changes.
func unchanged(was, now *lake.Release, done []*settled) error {
	for _, s := range done {
		var before, after lake.Resource
		if was != nil {
			before = was.Resources[s.res.ID]
		}
		after = now.Resources[s.res.ID]
		if before.Since != after.Since || before.Slot != after.Slot {
			return fault.New(fault.Locked, "pipeline.overtaken", s.res.ID, now.Version)
		}
	}
	return nil
}

// compose makes the release that follows head: this run's resources over head's,
// entities and meta over both.
func (r *run) compose(ctx context.Context, head *lake.Release, done []*settled, stage *staging) (*lake.Release, error) {
	rel := &lake.Release{
		Version: 1, Created: r.Now(), RunID: r.id, Pipeline: r.req.Pipeline, Slots: []string{}, Generation: r.generation, Guiji: r.Version,
		Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{},
	}
	if head != nil {
		rel.Version = head.Version + 1
		rel.Datasets, rel.Resources = maps.Clone(head.Datasets), maps.Clone(head.Resources)
		rel.Slots = slices.Clone(head.Slots[max(0, len(head.Slots)-slotsKept):])
	}
	anchor, err := r.AuditHead()
	if err != nil {
		return nil, err
	}
	if anchor.Seq > 0 {
		rel.Audit = &anchor
	}
	im := &images{run: r, head: head, fresh: map[string]*staged{}, now: rel.Datasets}
	if err := r.composeResources(ctx, rel, head, done, im, stage); err != nil {
		return nil, err
	}
	r.landedColumns(rel, done)
	rel.Tasks = r.tasks(head, rel.Version)
	r.at(atStageHalf)
	one, err := r.resolve(ctx, im, rel.Version)
	if err != nil {
		return nil, err
	}
	rel.Sources, r.record.Entities = one.sources, one.entities
	if len(r.failures) == 0 { // else what failed is to be tried again under this slot
		rel.Slots = append(rel.Slots, r.slot)
	}
	meta, err := r.meta(ctx, one.sources, rel.Version)
	if err != nil {
		return nil, err
	}
	maps.Copy(one.datasets, meta)
	if err := stage.all(ctx, rel, head, one.datasets); err != nil {
		return nil, err
	}
	one.remember(rel, head)
	r.at(atStageAll)
	return rel, nil
}

// composeResources puts what was settled into the release, with the work orders that
// follow from it.
func (r *run) composeResources(ctx context.Context, rel, head *lake.Release, done []*settled, im *images, stage *staging) (err error) {
	fold := &ordering{run: r}
	defer func() { err = errors.Join(err, fold.close()) }()
	for _, s := range done {
		if s.datasets[orders.Dataset(s.res.ID)], err = fold.dataset(ctx, head, s, rel.Version); err != nil {
			return fmt.Errorf("orders of %s: %w", s.res.ID, err)
		}
		if err := r.composeResource(ctx, rel, head, s, im, stage); err != nil {
			return err
		}
	}
	return nil
}

// composeResource puts one settled resource into the release.
func (r *run) composeResource(ctx context.Context, rel, head *lake.Release, s *settled, im *images, stage *staging) error {
	id := s.res.ID
	for name := range rel.Datasets {
		if strings.HasPrefix(name, datasetName("quality", id)+"/") {
			delete(rel.Datasets, name)
		}
	}
	for name, d := range s.datasets {
		if d.Layer != "quality" || !s.gated() && name == datasetName("quality", id, "duplicates") {
			im.fresh[name] = d
		}
	}
	state := s.state
	state.Since = rel.Version
	if s.gated() {
		old := rel.Resources[id]
		state.Since, state.Landed, state.Full = old.Since, old.Landed, old.Full
		state.Cursor, state.CursorKind, state.Image = old.Cursor, old.CursorKind, old.Image
	}
	if !s.res.History && !s.gated() { // asked for no longer: what it says holds would hold no longer
		delete(rel.Datasets, datasetName("standard", id, "history"))
	}
	if err := stage.all(ctx, rel, head, s.datasets); err != nil {
		return err
	}
	if !s.gated() {
		if err := r.compareImages(ctx, head, s, &state); err != nil {
			return err
		}
	}
	rel.Resources[id] = state
	return nil
}

// staging uploads datasets' files under this run's attempt. A file whose content
// the head has already, or that was uploaded before a rebase, is not sent again.
type staging struct {
	run   *run
	files map[string]lake.File // by local path
	first time.Time            // when the first was sent
}

// standing asks the store for the files of a run that stood still for so long that they
// may have been swept as orphans (a machine that slept, a stopped process): a release
// must not name what is gone.
func (s *staging) standing(ctx context.Context) error {
	orphans := s.run.Project.Config.Retention.Orphans
	if s.first.IsZero() || s.run.Now().Sub(s.first) < orphans/2 {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(s.files)) {
		switch _, err := s.run.Objects.Head(ctx, s.files[path].Key); {
		case errors.Is(err, lake.ErrNotFound):
			return fault.New(fault.Unreachable, "pipeline.staged.gone", s.files[path].Key).Because(err)
		case err != nil:
			return err
		}
	}
	return nil
}

func (s *staging) all(ctx context.Context, rel, head *lake.Release, datasets map[string]*staged) error {
	for _, name := range slices.Sorted(maps.Keys(datasets)) {
		d := datasets[name]
		out := d.Dataset
		out.Files, out.Since = nil, rel.Version
		for i, path := range d.paths {
			f, err := s.file(ctx, name, i, path, d.rows[i], head)
			if err != nil {
				return fmt.Errorf("stage %s: %w", name, err)
			}
			out.Files = append(out.Files, f)
		}
		if head != nil && sameFiles(head.Datasets[name].Files, out.Files) {
			out.Since = head.Datasets[name].Since
		}
		rel.Datasets[name] = out
	}
	return nil
}

func (s *staging) file(ctx context.Context, dataset string, i int, path string, rows int64, head *lake.Release) (lake.File, error) {
	if f, ok := s.files[path]; ok {
		return f, nil
	}
	if head != nil {
		if f, ok, err := held(head.Datasets[dataset], path); err != nil || ok {
			return f, err // not kept for a rebase: what only an older head names may be gone by then
		}
	}
	key := fmt.Sprintf("data/%s/%s/%s/%05d.parquet", dataset, slotKey(s.run.slot), s.run.attempt, i)
	if len(s.files) > 0 { // a rebase stages entities anew, beside the first try's
		key = fmt.Sprintf("data/%s/%s/%s/%05d-%d.parquet", dataset, slotKey(s.run.slot), s.run.attempt, i, len(s.files))
	}
	f, err := lake.Upload(ctx, s.run.Objects, key, path, rows)
	if err != nil {
		return f, err
	}
	if len(s.files) == 0 {
		s.first = s.run.Now()
		s.run.at(atStageFirst)
	}
	s.files[path] = f
	return f, s.run.Cache.Adopt(f, path)
}

// held finds a local file's content among a dataset's files.
func held(d lake.Dataset, path string) (lake.File, bool, error) {
	st, err := os.Stat(path)
	if err != nil {
		return lake.File{}, false, err
	}
	sum := ""
	for _, f := range d.Files {
		if f.Size != st.Size() {
			continue
		}
		if sum == "" {
			if sum, err = sumFile(path); err != nil {
				return lake.File{}, false, err
			}
		}
		if f.SHA256 == sum {
			return f, true, nil
		}
	}
	return lake.File{}, false, nil
}

func sumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sameFiles(a, b []lake.File) bool {
	return slices.EqualFunc(a, b, func(x, y lake.File) bool { return x.SHA256 == y.SHA256 && x.Size == y.Size })
}
