package pacing

import (
	"context"
	"errors"
	"strings"
	"time"

	"guiji/internal/fault"
)

// Hours is the time of day in which reading is allowed, in minutes after midnight; it
// may pass midnight. The zero value is the whole day.
type Hours struct{ From, To int }

// ParseHours reads 22:00-06:00; "" is the whole day. ok is false for anything else.
func ParseHours(s string) (h Hours, ok bool) {
	if s == "" {
		return Hours{}, true
	}
	a, b, ok := strings.Cut(s, "-")
	from, err1 := time.Parse("15:04", strings.TrimSpace(a))
	to, err2 := time.Parse("15:04", strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || from.Equal(to) {
		return Hours{}, false
	}
	return Hours{minutes(from), minutes(to)}, true
}

func minutes(t time.Time) int { return t.Hour()*60 + t.Minute() }

// Holds tells whether t, in its own zone, lies in the hours.
func (h Hours) Holds(t time.Time) bool {
	m := minutes(t)
	switch {
	case h == Hours{}:
		return true
	case h.From < h.To:
		return m >= h.From && m < h.To
	}
	return m >= h.From || m < h.To
}

// End is when the hours that hold t end; false where they never do.
func (h Hours) End(t time.Time) (time.Time, bool) {
	if h == (Hours{}) {
		return time.Time{}, false
	}
	y, m, d := t.Date()
	end := time.Date(y, m, d, h.To/60, h.To%60, 0, 0, t.Location())
	if !end.After(t) {
		end = time.Date(y, m, d+1, h.To/60, h.To%60, 0, 0, t.Location())
	}
	return end, true
}

// ErrShut is the cause of a context that ended with the hours.
var ErrShut = errors.New("the hours in which reading is allowed have ended")

// Within bounds ctx by the end of the hours; ok is false where now lies outside of them.
// Over tells that end from others.
func (h Hours) Within(ctx context.Context, now time.Time) (bound context.Context, cancel context.CancelFunc, ok bool) {
	if !h.Holds(now) {
		return nil, nil, false
	}
	end, ends := h.End(now)
	if !ends {
		return ctx, func() {}, true
	}
	ctx, cancel = context.WithTimeoutCause(ctx, end.Sub(now), ErrShut)
	return ctx, cancel, true
}

// Enter is Within, or an error of kind fault.Refused that names the place and its hours as the
// project has them.
func (h Hours) Enter(ctx context.Context, now time.Time, place, hours string) (context.Context, context.CancelFunc, error) {
	ctx, cancel, ok := h.Within(ctx, now)
	if !ok {
		return nil, nil, fault.New(fault.Refused, "hours.outside", place, hours).Try("hours.outside.hint")
	}
	return ctx, cancel, nil
}

// Explain is the error of what the end of the hours has cut short, else err.
func (Hours) Explain(ctx context.Context, err error, place, hours string) error {
	if err == nil || !Over(ctx) {
		return err
	}
	return fault.New(fault.Refused, "hours.over", place, hours).Try("hours.over.hint")
}

// Over tells whether ctx ended with the hours.
func Over(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrShut) }
