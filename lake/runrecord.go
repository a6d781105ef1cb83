package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/fault"
)

// RunRecord is what became of one run, failed ones too: runs/<id>.json.
type RunRecord struct {
	ID        string                 `json:"id"` // begins with the start time, so that ids sort by it: 20261122T220000-7f3a
	Pipeline  string                 `json:"pipeline"`
	Slot      string                 `json:"slot"`
	Started   time.Time              `json:"started"`
	Ended     time.Time              `json:"ended"`
	Outcome   string                 `json:"outcome"`           // ok, partial, failed, gated
	Release   uint64                 `json:"release,omitempty"` // 0: none was made
	Stages    []Stage                `json:"stages"`
	Resources map[string]RunResource `json:"resources"`
	Entities  map[string]RunEntity   `json:"entities,omitempty"`
	Tasks     int                    `json:"tasks,omitempty"`  // catalogue tasks open in its release
	Kind      string                 `json:"kind,omitempty"`   // of the error that ended the run
	Reason    string                 `json:"reason,omitempty"` // its message; no values
}

// Outcomes of a run, and of a resource in it.
const (
	RunOK      = "ok"
	RunPartial = "partial"
	RunFailed  = "failed"
	RunGated   = "gated"
)

// Stage is a stretch of a run.
type Stage struct {
	Name    string        `json:"name"`
	Took    time.Duration `json:"took_ns"`
	Started time.Time     `json:"started"`
}

// RunResource is what became of one resource in a run.
type RunResource struct {
	Outcome  string   `json:"outcome"`
	Kind     string   `json:"kind,omitempty"`   // of the error
	Reason   string   `json:"reason,omitempty"` // its message; no values
	Resource Resource `json:"counts"`
	Warnings []string `json:"warnings,omitempty"` // what makes it dearer or less sure than it need be
	Resumed  int      `json:"resumed,omitempty"`  // parts taken up from a run that died
	Drift    []Task   `json:"drift,omitempty"`    // where its source and its catalogue entry no longer agree
}

// RunEntity is what one source made of an entity in a run.
type RunEntity struct {
	Mode      string           `json:"mode,omitempty"`    // full, incremental (only subjects whose records changed) or unchanged
	Touched   int64            `json:"touched,omitempty"` // records an incremental one looked at
	Golden    int64            `json:"golden"`
	Members   int64            `json:"members"`             // records linked to a golden one
	Unlinked  int64            `json:"unlinked"`            // records whose key is empty or failed its checks
	Conflicts int64            `json:"conflicts"`           //
	Holders   map[string]int64 `json:"holders,omitempty"`   // conflicts by source
	Doubts    int64            `json:"doubts"`              // values of authorities that independent holders agree against
	Doubted   map[string]int64 `json:"doubted,omitempty"`   // doubts by the source whose value it is
	Problems  map[string]int64 `json:"problems,omitempty"`  // records not linked, and doubtful links, by kind
	Events    map[string]int64 `json:"events,omitempty"`    // what became of golden ids, by kind
	HeldBack  []string         `json:"held_back,omitempty"` // elements without an authority
	Outdated  []string         `json:"outdated,omitempty"`  // items and votes of images older than the catalogue's word on them: taken as stored until they land anew
	Kind      string           `json:"kind,omitempty"`      // of the error that kept the entity as the head had it
	Reason    string           `json:"reason,omitempty"`    // its message; no values
}

func runKey(id string) string { return "runs/" + id + ".json" }

// PutRun writes a run's record, over an earlier one of the same run.
func PutRun(ctx context.Context, objs Objects, r RunRecord) error {
	b, err := encode(r)
	if err != nil {
		return fmt.Errorf("encode run %s: %w", r.ID, err)
	}
	b = seal(b)
	_, err = again(ctx, func() (Object, error) {
		o, err := objs.Put(ctx, runKey(r.ID), bytes.NewReader(b), int64(len(b)), Condition{})
		if fault.KindOf(err) == fault.Unknown && ctx.Err() == nil {
			err = fault.New(fault.Unreachable, "lake.upload", runKey(r.ID)).Because(err)
		}
		return o, err
	})
	return err
}

// Run is one run's record; fault.Config if there is none of that id.
func Run(ctx context.Context, objs Objects, id string) (*RunRecord, error) {
	b, _, err := read(ctx, objs, runKey(id))
	if errors.Is(err, ErrNotFound) {
		return nil, fault.New(fault.Config, "lake.run.none", id).Try("lake.run.none.hint")
	}
	if err != nil {
		return nil, fmt.Errorf("read run %s: %w", id, err)
	}
	r := &RunRecord{}
	if err := decode(b, r); err != nil {
		return nil, fault.New(fault.Data, "lake.run.bad", runKey(id)).Because(err)
	}
	return r, nil
}

// Runs are the last n runs' records, newest first; all for n = 0.
func Runs(ctx context.Context, objs Objects, n int) ([]RunRecord, error) {
	var ids []string
	for o, err := range objs.List(ctx, "runs/") {
		if err != nil {
			return nil, fmt.Errorf("list the runs: %w", err)
		}
		if id, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, "runs/"), ".json"); ok {
			ids = append(ids, id)
		}
	}
	slices.Reverse(ids)
	if n > 0 && len(ids) > n {
		ids = ids[:n]
	}
	out := make([]RunRecord, 0, len(ids))
	for _, id := range ids {
		r, err := Run(ctx, objs, id)
		if err != nil {
			return nil, err
		}
		out = append(out, *r)
	}
	return out, nil
}
