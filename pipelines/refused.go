package pipelines

import (
	"context"
	"errors"
	"time"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// RecordCare records a collection that a daemon made in a slot: as a run without
// resources. It returns err, and the record where the store took it.
func RecordCare(ctx context.Context, objs lake.Objects, lang text.Lang, slot string, started time.Time, release uint64, err error) (*lake.RunRecord, error) {
	ended := time.Now().In(started.Location())
	rec := lake.RunRecord{
		ID: runID(started), Pipeline: schedule.GC, Slot: slot, Started: started, Ended: ended, Outcome: lake.RunOK, Release: release,
		Stages: []lake.Stage{{Name: "gc", Took: ended.Sub(started), Started: started}}, Resources: map[string]lake.RunResource{},
	}
	if err != nil {
		rec.Outcome, rec.Kind, rec.Reason = lake.RunFailed, fault.KindOf(err).String(), fault.Message(lang, err)
	}
	if perr := lake.PutRun(context.WithoutCancel(ctx), objs, rec); perr != nil {
		return nil, errors.Join(err, perr)
	}
	return &rec, err
}

// RecordRefused records a run that could not begin because its project could not be read,
// breaks a rule, or names a store that does not open: as a failed one, like every run.
// It returns err, and the record where the store took it.
func RecordRefused(ctx context.Context, objs lake.Objects, lang text.Lang, pipeline, slot string, started time.Time, err error) (*lake.RunRecord, error) {
	rec := lake.RunRecord{
		ID: runID(started), Pipeline: pipeline, Slot: slot, Started: started, Ended: time.Now().In(started.Location()), Outcome: lake.RunFailed,
		Kind: fault.KindOf(err).String(), Reason: fault.Message(lang, err), Stages: []lake.Stage{}, Resources: map[string]lake.RunResource{},
	}
	if perr := lake.PutRun(ctx, objs, rec); perr != nil {
		return nil, err
	}
	return &rec, err
}
