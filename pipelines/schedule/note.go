package schedule

import (
	"context"
	"errors"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// noteTime is how long a stopped daemon may take to write what became of a run.
const noteTime = 8 * time.Second

// note writes the end of a run into the journal.
func (d *Daemon) note(ctx context.Context, s Slot, rec *lake.RunRecord, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	retry := d.retry()
	for {
		j, rerr := ReadJournal(ctx, d.Objects, s.Pipeline)
		if rerr == nil {
			e, ok := j.find(s.Name)
			if !ok { // the journal was lost meanwhile
				e = Entry{Slot: s.Name, Time: s.Time, Tries: s.Try, Begun: d.Now()}
			}
			e.end(d.Now().In(s.Time.Location()), retry, s.Last, rec, err)
			j.write(e)
			rerr = j.put(ctx, d.Objects, s.Pipeline)
		}
		if rerr == nil {
			return nil
		}
		if kind := fault.KindOf(rerr); !errors.Is(rerr, lake.ErrConflict) && kind != fault.Unreachable && kind != fault.Unknown {
			return rerr
		}
		select {
		case <-ctx.Done():
			return rerr
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// end settles an entry by how its run ended.
func (e *Entry) end(now time.Time, retry time.Duration, last bool, rec *lake.RunRecord, err error) {
	e.Ended, e.Next = now, now.Add(retry)
	if e.Ended.Before(e.Begun) { // the clock was put back meanwhile
		e.Ended = e.Begun
	}
	if rec != nil {
		e.Run = rec.ID
	}
	switch kind := fault.KindOf(err); {
	case err == nil || rec != nil && (rec.Outcome == lake.RunOK || rec.Outcome == lake.RunGated):
		e.Outcome = outcomeOf(rec, err)
	case err != nil && kind == fault.Interrupted: // whoever is there goes on
		e.Tries--
		e.Next = now
		return
	case kind == fault.Locked: // the pipeline was taken between the look and the run
		e.Tries--
		e.Next = now.Add(min(retry, time.Minute))
		return
	case last:
		e.Outcome = outcomeOf(rec, err)
	default:
		e.Outcome, e.Result = Open, outcomeOf(rec, err)
		return
	}
	e.Result, e.Next = "", time.Time{}
}

// outcomeOf is the outcome of a run that may have left no record.
func outcomeOf(rec *lake.RunRecord, err error) string {
	switch {
	case rec != nil && rec.Outcome != "":
		return rec.Outcome
	case err == nil:
		return lake.RunOK
	}
	return lake.RunFailed
}

func kindOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.KindOf(err).String()
}

// retry is the pause before a failed slot is tried again.
func (d *Daemon) retry() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.project.Config.Schedule.Retry
}

// landedIn tells of slots whether a whole run has landed under them.
func landedIn(head *lake.Release) func(slot string) bool {
	slots := map[string]bool{}
	if head != nil {
		for _, s := range head.Slots {
			slots[s] = true
		}
	}
	return func(slot string) bool { return slots[slot] }
}
