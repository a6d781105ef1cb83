package schedule

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// kept is how many entries a journal holds: the newest written stay.
const kept = 40

// maxJournal bounds what is read as a journal.
const maxJournal = 8 << 20

// Journal is what the daemons know of a pipeline's slots: schedule/<pipeline>.json.
// Losing it costs tries and what was missed, never data: that a slot has landed is
// in the release chain.
type Journal struct {
	Since   time.Time            `json:"since"`          // slots before are nobody's
	Entries []Entry              `json:"entries"`        // the newest written last
	Late    map[string]time.Time `json:"late,omitempty"` // resource → the period in which its lateness was told
	Nonce   string               `json:"nonce"`          // new with every put: ETags repeat for equal content

	etag string
}

// Entry is what became of one slot, or of a stretch of missed ones.
type Entry struct {
	Slot    string    `json:"slot"` // of a stretch the newest
	Time    time.Time `json:"time"`
	Outcome string    `json:"outcome"`          // a run's, or one of those below
	Result  string    `json:"result,omitempty"` // outcome of the last try, while the entry is open
	Tries   int       `json:"tries,omitempty"`  // that count, so far
	Begun   time.Time `json:"begun,omitzero"`   // the last try
	Ended   time.Time `json:"ended,omitzero"`   // and its end; of a stretch, when it was noted
	Next    time.Time `json:"next,omitzero"`    // not tried again before
	Run     string    `json:"run,omitempty"`    // id of the last run
	First   time.Time `json:"first,omitzero"`   // of a stretch: time of the oldest
	Slots   int       `json:"slots,omitempty"`  // of a stretch: how many
	Told    bool      `json:"told,omitempty"`   // that it did not begin in time
}

// Outcomes of an entry beside those of runs.
const (
	Open    = "open"    // begun: under way, or to be tried again
	Waiting = "waiting" // for an earlier run of the pipeline to end
	Skipped = "missed"  // never begun
	Idle    = "idle"    // nothing was due
)

// UnderWay tells whether a try was begun whose end is not known.
func (e Entry) UnderWay() bool { return e.Outcome == Open && e.Ended.Before(e.Begun) }

func journalKey(pipeline string) string { return "schedule/" + pipeline + ".json" }

// ReadJournal reads a pipeline's journal; one without Since where there is none.
// Rubbish counts as none, and is replaced by the next put.
func ReadJournal(ctx context.Context, objs lake.Objects, pipeline string) (*Journal, error) {
	body, o, err := objs.Get(ctx, journalKey(pipeline))
	if errors.Is(err, lake.ErrNotFound) {
		return &Journal{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", journalKey(pipeline), err)
	}
	b, err := io.ReadAll(io.LimitReader(body, maxJournal))
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", journalKey(pipeline), err)
	}
	j := &Journal{}
	if json.Unmarshal(b, j) != nil || j.Nonce == "" {
		j = &Journal{}
	}
	j.etag = o.ETag
	return j, nil
}

// put swaps the journal in; lake.ErrConflict if another was faster. After an unclear
// answer the object itself tells.
func (j *Journal) put(ctx context.Context, objs lake.Objects, pipeline string) error {
	j.prune()
	j.Nonce = rand.Text()
	b, err := json.MarshalIndent(j, "", " ")
	if err != nil {
		return err
	}
	o, err := objs.Put(ctx, journalKey(pipeline), bytes.NewReader(b), int64(len(b)), lake.Condition{Absent: j.etag == "", ETag: j.etag})
	if fault.KindOf(err) == fault.Unknown {
		if now, rerr := ReadJournal(ctx, objs, pipeline); rerr == nil && now.Nonce == j.Nonce {
			j.etag = now.etag
			return nil
		}
	}
	if err != nil {
		return err
	}
	j.etag = o.ETag
	return nil
}

// prune drops the entries written longest ago.
func (j *Journal) prune() {
	for i := 0; len(j.Entries) > kept && i < len(j.Entries); {
		if j.Entries[i].Outcome == Open {
			i++
			continue
		}
		j.Entries = slices.Delete(j.Entries, i, i+1)
	}
}

// write puts an entry in the place of any of its slot, as the newest written.
func (j *Journal) write(e Entry) {
	j.drop(e.Slot)
	j.Entries = append(j.Entries, e)
}

func (j *Journal) drop(slot string) {
	j.Entries = slices.DeleteFunc(j.Entries, func(e Entry) bool { return e.Slot == slot })
}

// find is the entry of a slot.
func (j *Journal) find(slot string) (Entry, bool) {
	i := slices.IndexFunc(j.Entries, func(e Entry) bool { return e.Slot == slot })
	if i < 0 {
		return Entry{}, false
	}
	return j.Entries[i], true
}

// Last is the newest slot that is accounted for and not after now; nil if there is
// none. What a clock that ran ahead left behind is passed over.
func (j *Journal) Last(now time.Time) *Entry {
	var last *Entry
	for i := range j.Entries {
		e := &j.Entries[i]
		ahead := e.Time.After(now) || e.Begun.After(now) || e.Outcome == Skipped && e.Ended.After(now)
		if e.Outcome != Waiting && !ahead && (last == nil || e.Time.After(last.Time)) {
			last = e
		}
	}
	return last
}

// base is the time up to which all slots are accounted for.
func (j *Journal) base(now time.Time) time.Time {
	if last := j.Last(now); last != nil {
		return last.Time
	}
	if j.Since.After(now) {
		return now
	}
	return j.Since
}

// leasing is how long a run may take from its entry in the journal to its lease.
const leasing = 30 * time.Second

// beginning tells whether a run was begun so lately that it may not hold its lease yet.
func (j *Journal) beginning(now time.Time, retry time.Duration) bool {
	last := j.Last(now)
	return last != nil && last.UnderWay() && !last.Begun.After(now) && now.Sub(last.Begun) < min(leasing, retry)
}

// begun is the entry of the newest slot where that was begun, by a clock that was ahead
// too; without a slot since, the last one accounted for.
func (j *Journal) begun(newest *Slot, now time.Time) (Entry, bool) {
	if newest != nil {
		e, ok := j.find(newest.Name)
		return e, ok && e.Outcome != Waiting && e.Outcome != Skipped
	}
	if last := j.Last(now); last != nil {
		return *last, true
	}
	return Entry{}, false
}
