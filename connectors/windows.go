package connectors

import "time"

// Forms of the texts of cursors, as CursorKind has them.
const (
	DayForm  = time.DateOnly
	TimeForm = "2006-01-02 15:04:05.999999"
)

// Bounds reads both ends of a window with a function that makes of a text what goes to the
// source; up says that it is the upper one. An end that is open stays "". ok is false where read
// says so: nothing of a request comes into a statement as it is.
func (w Window) Bounds(read func(text string, up bool) (bound string, ok bool)) (from, to string, ok bool) {
	ok = true
	if w.From != "" {
		from, ok = read(w.From, false)
	}
	if w.To != "" && ok {
		to, ok = read(w.To, true)
	}
	return from, to, ok
}
