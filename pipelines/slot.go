package pipelines

import (
	"slices"
	"strings"

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
