package sweep_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// starting is a store in which a run begins at the moment its data files are listed.
type starting struct {
	lake.Objects
	begin func()
}

func (s *starting) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	if prefix == "data/" && s.begin != nil {
		s.begin()
		s.begin = nil
	}
	return s.Objects.List(ctx, prefix)
}

// A machine whose clock is ten years ahead takes nothing: neither the uploads of a run
// that begins just then, nor the records of runs.
func TestGCOfAClockThatJumped(t *testing.T) {
	w := newWorld(t)
	w.land("a/x", start)
	rules := catalog.Retention{Last: 1, Monthly: 12, Orphans: 7 * 24 * time.Hour}
	id := start.Format("20060102T150405") + "-aaaaaa"
	if err := lake.PutRun(t.Context(), w.objs, lake.RunRecord{ID: id, Outcome: lake.RunOK}); err != nil {
		t.Fatal(err)
	}
	var upload lake.File
	objs := &starting{Objects: w.objs, begin: func() {
		if _, err := lake.Acquire(t.Context(), w.objs, "nightly", "a run", time.Minute); err != nil {
			t.Error(err)
		}
		var err error
		if upload, err = w.upload(w.objs, "standard/a/x"); err != nil {
			t.Error(err)
		}
	}}
	rep := w.collect(w.input(objs, rules, time.Now().AddDate(10, 0, 0)))
	if rep.Runs != 0 || rep.Waiting != "nightly" || len(rep.Expired) != 0 {
		t.Errorf("%+v", rep)
	}
	if _, err := w.objs.Head(t.Context(), upload.Key); err != nil {
		t.Errorf("what a run has just put: %v", err)
	}
	if _, err := lake.Run(t.Context(), w.objs, id); err != nil {
		t.Errorf("the record: %v", err)
	}
}
