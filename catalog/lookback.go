package catalog

import (
	"strconv"
	"strings"
	"time"
)

// Lookback is how far behind its cursor an increment reads again: by time for a day or
// a time, by number for a number.
type Lookback struct {
	Numeric bool
	Time    time.Duration
	Number  int64
}

// ParseLookback reads 90m, 1h, 2d or a whole number; "0" is both. Empty is false.
func ParseLookback(s string) (Lookback, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return Lookback{Numeric: true, Number: n}, n >= 0
	}
	days, rest := int64(0), s
	if d, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseInt(d, 10, 64)
		if err != nil || n < 0 || n > 36500 {
			return Lookback{}, false
		}
		days, rest = n, after
	}
	var hours time.Duration
	if rest != "" {
		var err error
		if hours, err = time.ParseDuration(rest); err != nil || hours < 0 {
			return Lookback{}, false
		}
	}
	return Lookback{Time: time.Duration(days)*24*time.Hour + hours}, s != ""
}

// Incremental reports whether a resource is read by its cursor and merged by its key:
// where its mode says so, or says nothing and it has both.
func (r *Resource) Incremental() bool {
	if r.Source.Mode != "" {
		return r.Source.Mode == ModeIncremental
	}
	return r.Source.Cursor != "" && len(r.Source.Key) > 0
}

// NewFiles reports whether a resource is read by the files that no release has taken up.
func (r *Resource) NewFiles() bool { return r.Source.Mode == ModeNewFiles }

// CursorColumn is the source's name of the cursor, which is written as an item's name or
// as a column.
func (r *Resource) CursorColumn() string {
	if it := r.Item(r.Source.Cursor); it != nil {
		return it.Column
	}
	return r.Source.Cursor
}

// CursorItem is the item that holds the cursor; nil if none does.
func (r *Resource) CursorItem() *Item {
	if it := r.Item(r.Source.Cursor); it != nil {
		return it
	}
	for i := range r.Items {
		if r.Items[i].Column == r.Source.Cursor && r.Source.Cursor != "" {
			return &r.Items[i]
		}
	}
	return nil
}
