package pipelines

import (
	"context"
	"time"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

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
