package pipelines

import (
	"slices"
	"strings"

	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// CheckSlot refuses a slot that cannot be part of an object's key; "" is fine. The
// error is of kind fault.Config.
func CheckSlot(slot string) error { return schedule.CheckSlot(slot) }

// slotTaken tells whether a run landed whole under this slot.
func slotTaken(rel *lake.Release, slot string) bool { return slices.Contains(rel.Slots, slot) }

// slotKey makes a slot fit for a key: letters, digits, @ - _ . and nothing else.
func slotKey(slot string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("@-_.", c) {
			return c
		}
		return '-'
	}, slot)
}

// leaveLanded takes out of the plan what an earlier run has landed under this very slot,
// gated or not: a slot that is tried again pulls what failed, and nothing twice.
func (r *run) leaveLanded() {
	if r.req.Slot == "" || r.head == nil {
		return
	}
	left := r.plan.Resources[:0:0]
	for _, p := range r.plan.Resources {
		state, ok := r.head.Resources[p.Resource]
		if !ok || state.Slot != r.req.Slot {
			left = append(left, p)
			continue
		}
		r.record.Resources[p.Resource] = lake.RunResource{Outcome: state.Outcome, Resource: state, Reason: text.Format(r.Lang, "pipeline.slot_landed")}
	}
	r.plan.Resources = left
}
