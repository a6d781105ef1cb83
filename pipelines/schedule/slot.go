package schedule

import (
	"regexp"
	"strings"
	"time"

	"guiji/internal/fault"
)

var slotForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@:_.+-]{0,199}$`)

// slotTime is how a scheduled time stands in a slot's name: its offset tells apart
// what the clocks show twice.
const slotTime = "2006-01-02T15:04-0700"

// CheckSlot refuses a slot that cannot be part of an object's key; "" is fine. The
// error is of kind fault.Config.
func CheckSlot(slot string) error {
	if slot != "" && (!slotForm.MatchString(slot) || strings.Contains(slot, "..")) {
		return fault.New(fault.Config, "pipeline.slot", slot).Try("pipeline.slot.hint")
	}
	return nil
}

// SlotName names the slot of a pipeline at a time: nightly@2026-11-22T22:00+0800.
func SlotName(pipeline string, at time.Time) string { return pipeline + "@" + at.Format(slotTime) }

// SlotTime reads a name back, in a zone; ok is false for a slot that a person named.
func SlotTime(slot string, zone *time.Location) (pipeline string, at time.Time, ok bool) {
	pipeline, when, _ := strings.Cut(slot, "@")
	at, err := time.Parse(slotTime, when)
	if err != nil || SlotName(pipeline, at) != slot {
		return "", time.Time{}, false
	}
	return pipeline, at.In(zone), true
}
