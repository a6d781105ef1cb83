package catalog

import (
	"slices"
	"strings"
)

// increments judges how a resource is read: what its mode, its cursor and its look-back
// ask of each other.
func (j *judge) increments(r *Resource) {
	s := r.Source
	switch s.Mode {
	case "", ModeFull, ModeIncremental, ModeNewFiles:
	default:
		j.breaks("source.mode", "", "catalog.check.mode", s.Mode)
	}
	if s.Mode == ModeIncremental && s.Cursor == "" {
		j.breaks("source.mode", "", "catalog.check.mode.cursor")
	}
	if s.Mode == ModeIncremental && len(s.Key) == 0 {
		j.breaks("source.mode", "", "catalog.check.mode.key")
	}
	if s.Mode == "" && s.Cursor != "" && len(s.Key) == 0 {
		j.tell(Note, j.p.at(r.File, "source.cursor"), "", "catalog.check.cursor.key")
	}
	if s.Lookback != "" {
		j.lookback(r)
	}
	if s.Refresh < 0 {
		j.breaks("source.refresh", "", "catalog.check.refresh", s.Refresh)
	}
	if r.NewFiles() {
		j.newFiles(r)
	} else if !r.Incremental() {
		j.idle(r)
	}
	j.deletes(r)
	j.history(r)
}

// newFiles judges what cannot be where only new files are read: a cursor, for a file is new
// or it is not; and what would need all files again, the ones that are gone by now too.
func (j *judge) newFiles(r *Resource) {
	s := r.Source
	for _, wrong := range []struct {
		set  bool
		name string
	}{
		{s.Cursor != "", "source.cursor"}, {s.Lookback != "", "source.lookback"}, {s.Refresh > 0, "source.refresh"}, {s.DeleteDetection, "source.delete_detection"},
	} {
		if wrong.set {
			j.breaks(wrong.name, "", "catalog.check.new_files", wrong.name)
		}
	}
}

// lookback judges its form, and that it counts as the cursor does.
func (j *judge) lookback(r *Resource) {
	back, ok := ParseLookback(r.Source.Lookback)
	if !ok {
		j.breaks("source.lookback", "", "catalog.check.lookback", r.Source.Lookback)
		return
	}
	it := r.CursorItem()
	if it == nil || back.Numeric && back.Number == 0 {
		return
	}
	switch it.Type.Kind {
	case Date, Time:
		ok = !back.Numeric
	case Number:
		ok = back.Numeric
	}
	if !ok {
		j.breaks("source.lookback", "", "catalog.check.lookback.kind", r.Source.Lookback, it.Name, it.Type.String())
	}
}

// idle tells of settings of increments that change nothing where the whole table is read.
func (j *judge) idle(r *Resource) {
	tell := func(name string) { j.tell(Note, j.p.at(r.File, name), "", "catalog.check.full", name) }
	if r.Source.Lookback != "" {
		tell("source.lookback")
	}
	if r.Source.Refresh > 0 {
		tell("source.refresh")
	}
}

// deletes judges delete detection: it goes by the key.
func (j *judge) deletes(r *Resource) {
	if r.Source.DeleteDetection && len(r.Source.Key) == 0 {
		j.breaks("source.delete_detection", "", "catalog.check.deletes.key")
	}
	if r.Source.MaxDeletes != nil && !r.Source.DeleteDetection {
		j.tell(Note, j.p.at(r.File, "source.max_deletes"), "", "catalog.check.deletes.off")
	}
}

// history judges that versions can be told apart and that their columns are free.
func (j *judge) history(r *Resource) {
	if !r.History {
		return
	}
	if len(r.Source.Key) == 0 {
		j.breaks("history", "", "catalog.check.history.key")
	}
	for i := range r.Items {
		if slices.Contains([]string{"valid_from", "valid_to"}, strings.ToLower(r.Items[i].Name)) {
			j.breaks(indexed("items", i), "", "catalog.check.history.item", r.Items[i].Name)
		}
	}
}
