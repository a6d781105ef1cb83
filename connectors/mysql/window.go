package mysql

import (
	"context"
	"errors"
	"strings"
	"time"

	"guiji/internal/fault"
)

// window is the time of day in which a department allows reading, in minutes after
// midnight; it may pass midnight. The zero value is the whole day.
type window struct{ from, to int }

func parseWindow(s string) (window, error) {
	if s == "" {
		return window{}, nil
	}
	a, b, ok := strings.Cut(s, "-")
	from, err1 := time.Parse("15:04", strings.TrimSpace(a))
	to, err2 := time.Parse("15:04", strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || from.Equal(to) {
		return window{}, fault.New(fault.Config, "mysql.setting.window", s)
	}
	return window{minutes(from), minutes(to)}, nil
}

func minutes(t time.Time) int { return t.Hour()*60 + t.Minute() }

// holds tells whether t, in its own zone, lies in the window.
func (w window) holds(t time.Time) bool {
	m := minutes(t)
	switch {
	case w == window{}:
		return true
	case w.from < w.to:
		return m >= w.from && m < w.to
	}
	return m >= w.from || m < w.to
}

// end is when the window that holds t ends; false where it never does.
func (w window) end(t time.Time) (time.Time, bool) {
	if w == (window{}) {
		return time.Time{}, false
	}
	y, m, d := t.Date()
	end := time.Date(y, m, d, w.to/60, w.to%60, 0, 0, t.Location())
	if !end.After(t) {
		end = time.Date(y, m, d+1, w.to/60, w.to%60, 0, 0, t.Location())
	}
	return end, true
}

// errShut says that the hours which a department allows have ended.
var errShut = errors.New("the window is shut")

// allowed bounds ctx by the end of the window, where what runs on the server is ended; before
// and behind it nothing begins. explainShut tells that end from others.
func (s *Source) allowed(ctx context.Context) (context.Context, context.CancelFunc, error) {
	now := s.now().In(s.zone)
	if !s.window.holds(now) {
		return nil, nil, fault.New(fault.Refused, "mysql.window", s.settings.Address, s.settings.Window).Try("mysql.window.hint")
	}
	end, ok := s.window.end(now)
	if !ok {
		return ctx, func() {}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, end.Sub(now), errShut)
	return ctx, cancel, nil
}

// explainShut is the error of a read that the end of the window has cut short, else err.
func (s *Source) explainShut(ctx context.Context, err error) error {
	if err == nil || !errors.Is(context.Cause(ctx), errShut) {
		return err
	}
	return fault.New(fault.Refused, "mysql.window.over", s.settings.Address, s.settings.Window).Try("mysql.window.over.hint")
}
