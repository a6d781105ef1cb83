package onesource

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/internal/engine"
)

// Former is what the release before made of an entity, and the images it made it of.
type Former struct {
	Golden, Problems, Doubts string   // relations; those of conflicts, crosswalk and events are the entity's own
	Members                  []Member // the entity's, with the relations of their images then
	Same                     []bool   // by member: its image is the same files
	Few                      int64    // all is made anew where more than one in so many records is touched: it costs no more; 0: 4, below 0: never
}

// Update is what Resolve made of the subjects alone whose records changed. With what the
// release before has of all others it is the whole: see Whole.
type Update struct {
	Touched int64 // records that were looked at; 0: none changed, and what the release before has stays
	Ranges  int   // a dataset is put together in so many ranges of its keys; 0: by the number of its rows
	entity  Entity
	was     Former
	part    Outcome
	sampled bool // the table _sample is there
}

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
	if was.Few == 0 {
		was.Few = 4
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
	if len(e.Entity.Keys) != 1 || was.Golden == "" || was.Problems == "" || was.Doubts == "" ||
		e.Previous == "" || e.PrevCrosswalk == "" || e.PrevEvents == "" || len(was.Members) != len(e.Members) {
		return false
	}
	for i, m := range e.Members {
		then := was.Members[i]
		if (m.Raw == "") != (then.Raw == "") || (m.Standard == "") != (then.Standard == "") || m.table().keyless() {
			return false
		}
		if m.Raw != "" && !was.Same[i] && !(m.Digested && then.Digested) { // an image that an earlier version landed
			return false
		}
	}
	return true
}

// untouched is the condition that a row o is of a subject that stays as it was.
const untouched = "NOT EXISTS (SELECT 1 FROM _touched t WHERE t.k = o.entity_key)"

// Copy writes a dataset of the entity, named as behind entity/<e>/, "" for the golden records,
// to a Parquet file: what fresh, its query, reads of this update, and what the release before
// has of all others, in the order of the columns sorted. Both are in that order, so they are
// merged. The file is that which CopyQuery writes of the whole. It returns the rows written.
func (u *Update) Copy(ctx context.Context, s *engine.Session, dataset, fresh string, sorted []string, path string, o engine.ParquetOptions) (int64, error) {
	d := mergedDataset{fresh: fresh, sorted: sorted}
	var told []string // columns that others tell, or are alike in all rows: they do not go through the merge
	switch dataset {
	case "":
		d.old, d.most = u.was.Golden, u.part.Golden
		o.Columns, told = u.entity.told()
	case "crosswalk":
		d.old, d.most = u.entity.PrevCrosswalk, u.part.Members
		if e := u.entity; !e.moves() {
			told = []string{"own_key", "route", "decision"}
			o.Columns = append([]string{"golden_id", "entity_key", "source", "record_key", "source_time", "votes"}, e.linkedItself()...)
		}
	case "conflicts":
		d.old, d.most = u.entity.Previous, u.part.Conflicts
	case "doubts":
		d.old, d.most = u.was.Doubts, u.part.Conflicts // each is of some
	case "problems": // what does not stay is told by its record, or is about a decision; they are few, but for a whole source, and then in no ranges
		fresh = "SELECT * FROM (" + fresh + ") UNION ALL SELECT * FROM " + u.was.Problems + " o WHERE o.decision IS NULL AND NOT EXISTS (SELECT 1 FROM _touched_records t " +
			"WHERE t.source = o.source AND t.rk = o.record_key) ORDER BY " + engine.Idents(sorted)
		return s.CopyQuery(ctx, "onesource.whole", fresh, path, o)
	default: // events and aliases are whole
		return s.CopyQuery(ctx, "onesource.whole", fresh, path, o)
	}
	if len(told) > 0 {
		but := "SELECT * EXCLUDE (" + strings.Join(told, ", ") + ") FROM "
		d.old, d.fresh = "("+but+d.old+")", but+"("+d.fresh+")"
	}
	schema, err := s.Batches(ctx, "onesource.whole", "SELECT * FROM "+d.old+" LIMIT 0", func(arrow.RecordBatch) error { return nil })
	if err != nil {
		return 0, err
	}
	ranges, err := u.ranges(ctx, s, d, schema.NumFields())
	if err != nil {
		return 0, err
	}
	return s.CopyPieces(ctx, schema, path, o, func(put engine.Put) error { return d.merge(ctx, s, schema, ranges, put) })
}

// heldPerMerged is what a row takes of the memory while it is merged, in bytes, at the
// least, heldPerColumn that of a wide one, and mergedShare the part of the memory that the
// rows at hand may take: DuckDB's limit does not count them.
const (
	heldPerMerged = 200
	heldPerColumn = 16
	mergedShare   = 8
)

// ranges are conditions on the entity key, by which datasets are sorted first, for parts that
// are held in memory one after the other. Where keys part into ranges is looked up once, in
// one of so many golden records.
func (u *Update) ranges(ctx context.Context, s *engine.Session, d mergedDataset, columns int) ([]string, error) {
	n := u.Ranges
	if n == 0 {
		var rows int64
		if err := s.Row(ctx, "onesource.ranges", "SELECT count(*) FROM "+d.old, &rows); err != nil {
			return nil, err
		}
		limit, err := memory(ctx, s)
		if err != nil {
			return nil, err
		}
		n = 1 + int(float64(rows+d.most)*float64(max(heldPerMerged, columns*heldPerColumn)*mergedShare)/limit)
	}
	if n == 1 {
		return []string{""}, nil
	}
	if !u.sampled {
		some := 1024
		if u.Ranges > 0 {
			some = 1
		}
		query := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE _sample AS SELECT entity_key FROM %s WHERE hash(entity_key) %% %d = 0", u.was.Golden, some)
		if err := s.Exec(ctx, "onesource.ranges", query); err != nil {
			return nil, err
		}
		u.sampled = true
	}
	return shares(ctx, s, "entity_key", "SELECT entity_key FROM _sample", n)
}

// Count counts the whole as Resolve does, out of the datasets' relations, named as for
// Copy. All of them must be there.
func (u *Update) Count(ctx context.Context, s *engine.Session, relations map[string]string) (Outcome, error) {
	out := Outcome{ConflictsByHolder: map[int16]int64{}, DoubtsByAuthority: map[int16]int64{}, HeldBack: u.part.HeldBack}
	all, e := int64(0), u.entity.leaveOut()
	for _, m := range e.landed() {
		takes := m.Standard
		if takes == "" {
			takes = m.Raw
		}
		if out := isIn(recordKey("r", m.Keys), e.about(m, excluded)); out != "" {
			takes += " r WHERE NOT (" + out + ")"
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
