package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// doubtFrom is how many independent holders must agree where nothing is set.
const doubtFrom = 2

// witness is the department whose word a member's value of a field is: its own, or
// where its item is registered as copied from another's, that one's. Two copies of one
// register are one witness, and a copy of the authority's is none against it.
func (e Entity) witness(m Member, f field) string {
	code := f.element.Code
	id, it := m.Resource.ID, m.Elements[code]
	for range len(e.Members) + 1 { // the catalogue refuses a ring; none may hold up a run
		if it == nil || it.CopiedFrom == "" {
			break
		}
		id, _ = splitRef(it.CopiedFrom)
		from := e.holder(code, it.CopiedFrom)
		if from == nil {
			break
		}
		it = from.Elements[code]
	}
	return department(id)
}

func department(resource string) string {
	id, _, _ := strings.Cut(resource, "/")
	return id
}

// doubt fills the doubts (存疑): where so many departments agree on one value that it is
// the authority who is asked to look. Its value stands until it changes it itself.
func (e Entity) doubt(ctx context.Context, s *engine.Session, o Options) error {
	return s.Exec(ctx, "onesource.doubts", "CREATE OR REPLACE TEMP TABLE "+engine.Ident(o.Doubts)+" AS "+e.doubtsSQL(o))
}

// doubtsSQL groups the conflicts by the value that is held against the authority. A
// department speaks once for a value, with the rows that vote, and never against
// itself. The doubt is as old as the release in which enough of them had agreed.
func (e Entity) doubtsSQL(o Options) string {
	least := e.DoubtFrom
	if least < 1 {
		least = doubtFrom
	}
	one := "golden_id, entity_key, element, \"column\", authority, spoken, authority_value, authority_time, kind, said"
	own, name := "''", "''"
	if landed := e.landed(); len(landed) > 0 {
		var departments, names strings.Builder
		for _, m := range landed {
			fmt.Fprintf(&departments, " WHEN %d THEN %s", m.Source, engine.Lit(department(m.Resource.ID)))
			fmt.Fprintf(&names, " WHEN %d THEN %s", m.Source, engine.Lit(m.Name()))
		}
		own, name = "CASE authority"+departments.String()+" END", "CASE holder"+names.String()+" END"
	}
	witnesses := "SELECT " + one + ", witness, min(holder_value) AS held, min(since) AS since, list(DISTINCT " + name + ") AS names FROM " +
		engine.Ident(o.Conflicts) + " WHERE said IS NOT NULL AND kind <> 'authority_has' AND witness IS DISTINCT FROM " + own + " GROUP BY " + one + ", witness"
	return fmt.Sprintf("SELECT golden_id, entity_key, element, \"column\", authority, spoken AS record_key, authority_value, authority_time, "+
		"min(held) AS other_value, kind, count(*) AS holders, array_to_string(list_sort(list_distinct(flatten(list(names)))), ',') AS held_by, "+
		"list_sort(list(since))[%[1]d] AS since FROM (%[2]s) GROUP BY %[3]s HAVING count(*) >= %[1]d", least, witnesses, one)
}

// DoubtsQuery is the content of entity/<e>/doubts, by entity key, element, the value
// held against the authority and who holds it.
func DoubtsQuery(_ Entity, o Options) string {
	return "SELECT * FROM " + engine.Ident(o.filled().Doubts) + " ORDER BY entity_key, element, other_value, held_by"
}
