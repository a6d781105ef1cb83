package schedule

import (
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// Due are the resources that a slot of a pipeline takes, in order of their ids: all
// published ones, or with due: cycle those that have not landed since the period of
// their update cycle began that the slot's day lies in. So what failed is due again
// at the next slot, 实时 at each, and 不定期 never by itself. A resource whose gate is
// shut, or of which only a window was read again, has not landed. head may be nil.
func Due(p *catalog.Project, slot Slot, head *lake.Release) []string {
	def := p.Config.Pipelines[slot.Pipeline]
	var out []string
	for _, r := range p.InPipeline(slot.Pipeline) {
		if r.Status == catalog.Published && (def.Due != catalog.DueCycle || dueNow(r, slot, head)) {
			out = append(out, r.ID)
		}
	}
	return out
}

func dueNow(r *catalog.Resource, slot Slot, head *lake.Release) bool {
	start, ok := catalog.PeriodStart(r.Cycle, slot.Time)
	if !ok {
		return false
	}
	if head == nil {
		return true
	}
	state, ok := head.Resources[r.ID]
	if !ok || state.Outcome != lake.RunOK || state.Mode == backfill {
		return true
	}
	// What landed under this very slot is named again when the slot is tried again:
	// the run knows what of it is there.
	return state.Slot == slot.Name || landedFor(state, slot.Time.Location()).Before(start)
}

// backfill is the mode of a resource of which a window was read again.
const backfill = "backfill"

// landedFor is the time a resource's data are counted to: that of its slot, which a
// run that makes up for a missed one comes after, or else when it was pulled.
func landedFor(state lake.Resource, zone *time.Location) time.Time {
	if _, at, ok := SlotTime(state.Slot, zone); ok {
		return at
	}
	return state.Pulled
}

// Late tells whether a resource has not landed for longer than its update cycle
// allows, and since when; the zero time is never. Where its gate is shut, what is
// served is as old as its last good data, but it was pulled and its repair list is
// out: it is not late. head may be nil.
func Late(r *catalog.Resource, head *lake.Release, now time.Time) (since time.Time, late bool) {
	limit := catalog.LateAfter(r.Cycle)
	if head != nil {
		since = head.Resources[r.ID].Pulled
	}
	return since, limit > 0 && now.Sub(since) > limit
}
