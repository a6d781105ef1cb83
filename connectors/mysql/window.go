package mysql

import (
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
