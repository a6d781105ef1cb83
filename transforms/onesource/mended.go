package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// lookForMended notes of each member that has landed which items have a pulled text
// anywhere: most have none, and a column of nothing is as dear to carry as one of values.
func (e Entity) lookForMended(ctx context.Context, s *engine.Session) error {
	for i, m := range e.Members {
		if m.Raw == "" {
			continue
		}
		var cols, names []string
		for _, it := range m.Items {
			cols, names = append(cols, "count("+engine.Ident(rawName(it.Name))+") > 0"), append(names, it.Name)
		}
		some, into := make([]bool, len(names)), make([]any, len(names))
		for j := range some {
			into[j] = &some[j]
		}
		if len(names) > 0 {
			if err := s.Row(ctx, "onesource.rows", "SELECT "+strings.Join(cols, ", ")+" FROM "+m.Raw, into...); err != nil {
				return err
			}
		}
		mended := map[string]bool{}
		for j, name := range names {
			mended[name] = some[j]
		}
		e.Members[i].mended = mended
	}
	return nil
}

// mends reports whether a member's rows have the pulled text of a field.
func (m Member) mends(f field) bool {
	it := m.Elements[f.element.Code]
	return it != nil && m.mended[it.Name]
}

// pulled is the pulled text of a field in a member's rows; NULL where none was mended.
func (m Member) pulled(f field, alias string) string {
	if !m.mends(f) {
		return "NULL"
	}
	return fmt.Sprintf("%s.r%d", alias, f.index)
}

// mended reports whether golden records have the pulled text of the field.
func (f field) mended() bool {
	if f.rule != "" {
		return false
	}
	for _, m := range speakers([]field{f}) {
		if m.mends(f) {
			return true
		}
	}
	return false
}

// pulled is the pulled text of the golden value.
func (f field) pulled() string {
	if !f.mended() {
		return "NULL"
	}
	return fmt.Sprintf("g.r%d", f.index)
}
