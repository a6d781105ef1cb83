package onesource

import (
	"context"
	"fmt"

	"guiji/internal/engine"
)

// Former is what the release before made of an entity, and the images it made it of.
type Former struct {
	Golden, Problems, Doubts string   // relations; those of conflicts, crosswalk and events are the entity's own
	Members                  []Member // the entity's, with the relations of their images then
	Same                     []bool   // by member: its image is the same files
}

// Update is what Resolve made of the subjects alone whose records changed. With what the
// release before has of all others it is the whole: see Whole.
type Update struct {
	Touched int64 // records that were looked at; 0: none changed, and what the release before has stays
	Ranges  int   // a dataset is put together in so many ranges of its keys; 0: by the number of its rows
	entity  Entity
	was     Former
	part    Outcome
}

// mostTouched says that of one in so many records changed or standing beside one that
// did, all are resolved anew: it costs no more.
const mostTouched = 4

// Incremental makes what Resolve would make, out of the subjects whose records changed
// since the release before: those their old and their new keys name, with all their
// records, and those that may have or may get one id with them. The rows of the images
// are compared, so it is the caller's to know that nothing but rows changed (Basis).
//
// ok is false where all is to be resolved anew: much has changed, or the entity is not
// separable. Else the tables are as Resolve leaves them, but of those subjects alone.
func Incremental(ctx context.Context, s *engine.Session, e Entity, was Former) (u *Update, ok bool, err error) {
	if !e.separable(was) {
		return nil, false, nil
	}
	c := &change{entity: e, was: was, s: s}
	if ok, err := c.find(ctx); err != nil || !ok {
		return nil, false, err
	}
	u = &Update{Touched: c.touched, entity: e, was: was}
	if u.Touched == 0 {
		return u, true, nil
	}
	part, err := c.part(ctx)
	if err != nil {
		return nil, false, err
	}
	if u.part, err = Resolve(ctx, s, part, Options{}); err != nil {
		return nil, false, err
	}
	all := "(SELECT id FROM " + engine.Ident(Options{}.filled().Golden) + " UNION ALL SELECT golden_id FROM " + was.Golden + " o WHERE " + untouched + ")"
	return u, true, s.Exec(ctx, "onesource.events", "CREATE OR REPLACE TEMP TABLE _aliases AS "+aliasesSQL(all))
}

// separable reports whether one key of its own names the subject of a record, so that
// no record of another key has a say in it. With several routes or decisions, one record
// may bring others together or apart.
func (e Entity) separable(was Former) bool {
	if len(e.Entity.Keys) != 1 || len(e.Decisions) > 0 || len(e.marks()) > 0 || was.Golden == "" || was.Problems == "" || was.Doubts == "" ||
		e.Previous == "" || e.PrevCrosswalk == "" || e.PrevEvents == "" || len(was.Members) != len(e.Members) {
		return false
	}
	for i, m := range e.Members {
		then := was.Members[i]
		if (m.Raw == "") != (then.Raw == "") || (m.Standard == "") != (then.Standard == "") || m.table().keyless() {
			return false
		}
	}
	return true
}

// untouched is the condition that a row o is of a subject that stays as it was.
const untouched = "NOT EXISTS (SELECT 1 FROM _touched t WHERE t.k = o.entity_key)"

// Whole is a query of a dataset of the entity, named as behind entity/<e>/, "" for the golden
// records: what fresh, its query, reads of this update, and what the release before has of
// all others, in the order of the columns sorted. It holds until Whole is asked again.
func (u *Update) Whole(ctx context.Context, s *engine.Session, dataset, fresh string, sorted []string) (string, error) {
	if err := s.Exec(ctx, "onesource.whole", "DROP TABLE IF EXISTS _whole"); err != nil {
		return "", err
	}
	old, stays := "", untouched
	switch dataset {
	case "":
		old = u.was.Golden
	case "crosswalk":
		old = u.entity.PrevCrosswalk
	case "conflicts":
		old = u.entity.Previous
	case "doubts":
		old = u.was.Doubts
	case "problems":
		old, stays = u.was.Problems, "NOT EXISTS (SELECT 1 FROM _touched_records t WHERE t.source = o.source AND t.rk = o.record_key)"
	default: // events and aliases are whole
		return fresh, nil
	}
	ranges, err := u.ranges(ctx, s, old, sorted[0])
	if err != nil {
		return "", err
	}
	merged := func(keys string) string {
		return "SELECT * FROM (SELECT * FROM (" + fresh + ")" + where(keys) + " UNION ALL SELECT * FROM " + old + " o" + where(keys, stays) + ") ORDER BY " + engine.Idents(sorted)
	}
	if len(ranges) == 1 {
		return merged(""), nil
	}
	head := "CREATE TEMP TABLE _whole AS "
	for _, keys := range ranges {
		if err := s.Exec(ctx, "onesource.whole", head+merged(keys)); err != nil {
			return "", err
		}
		head = "INSERT INTO _whole "
	}
	return "SELECT * FROM _whole ORDER BY rowid", nil
}

// bytesPerMerged is what sorting a row by keys of text takes of the memory, at the least.
const bytesPerMerged = 200

// ranges are conditions on the first column a dataset is sorted by, for parts that can be
// sorted in the session's memory: by keys of text DuckDB sorts no more than fits.
func (u *Update) ranges(ctx context.Context, s *engine.Session, old, key string) ([]string, error) {
	n := u.Ranges
	if n == 0 {
		var rows int64
		if err := s.Row(ctx, "onesource.whole", "SELECT count(*) FROM "+old, &rows); err != nil {
			return nil, err
		}
		limit, err := memory(ctx, s)
		if err != nil {
			return nil, err
		}
		n = 1 + int(float64(rows)*bytesPerMerged/limit)
	}
	some := 1 // of so many keys one is looked at for where the ranges begin
	if u.Ranges == 0 {
		some = 1024
	}
	name := engine.Ident(key)
	return shares(ctx, s, name, fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE hash(%[1]s) %% %[3]d = 0", name, old, some), n)
}

// Count counts the whole as Resolve does, out of the datasets' relations, named as for
// Whole. All of them must be there.
func (u *Update) Count(ctx context.Context, s *engine.Session, relations map[string]string) (Outcome, error) {
	out := Outcome{ConflictsByHolder: map[int16]int64{}, DoubtsByAuthority: map[int16]int64{}, HeldBack: u.part.HeldBack}
	var all int64
	for _, m := range u.entity.landed() {
		takes := m.Standard
		if takes == "" {
			takes = m.Raw
		}
		var n int64
		if err := s.Row(ctx, "onesource.count", "SELECT count(*) FROM "+takes, &n); err != nil {
			return out, err
		}
		all += n
	}
	counts := "SELECT (SELECT count(*) FROM " + relations[""] + "), (SELECT count(*) FROM " + relations["conflicts"] + "), (SELECT count(*) FROM " + relations["crosswalk"] + ")"
	if err := s.Row(ctx, "onesource.count", counts, &out.Golden, &out.Conflicts, &out.Members); err != nil {
		return out, err
	}
	out.Unlinked = all - out.Members
	for _, c := range []struct {
		column, table string
		into          map[int16]int64
	}{{"holder", relations["conflicts"], out.ConflictsByHolder}, {"authority", relations["doubts"], out.DoubtsByAuthority}} {
		if err := countBy(ctx, s, c.column, c.table, c.into); err != nil {
			return out, err
		}
	}
	if err := countKinds(ctx, s, relations["problems"], "", &out.Problems); err != nil {
		return out, err
	}
	return out, countKinds(ctx, s, relations["events"], fmt.Sprintf(" WHERE since = %d", u.entity.Version), &out.Events)
}
