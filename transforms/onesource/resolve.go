package onesource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// Options say how Resolve works and what it leaves behind. The zero value is
// one pass and tables named golden, crosswalk, conflicts and doubts.
type Options struct {
	Golden, Crosswalk, Conflicts, Doubts string // temporary tables; the queries read them
	Passes                               int    // golden records are made in so many passes over their keys; 0: by the number of rows
}

func (o Options) filled() Options {
	for at, name := range map[*string]string{&o.Golden: "golden", &o.Crosswalk: "crosswalk", &o.Conflicts: "conflicts", &o.Doubts: "doubts"} {
		if *at == "" {
			*at = name
		}
	}
	return o
}

// bytesPerField is what a pass's joins hold of a row for each field, at the least: with
// half of it sessions ran out of their memory.
const bytesPerField = 45

// passes are as few as the session's memory allows.
func (e Entity) passes(ctx context.Context, s *engine.Session, fields int) (int, error) {
	counts := []string{"0"}
	for _, m := range e.landed() {
		counts = append(counts, "(SELECT count(*) FROM "+m.Raw+")")
	}
	var rows int64
	if err := s.Row(ctx, "onesource.memory", "SELECT "+strings.Join(counts, " + "), &rows); err != nil {
		return 0, err
	}
	limit, err := memory(ctx, s)
	return 1 + int(float64(rows)*float64(fields*bytesPerField)/limit), err
}

// memory is the session's limit, in bytes.
func memory(ctx context.Context, s *engine.Session) (float64, error) {
	var text, unit string
	var limit float64
	if err := s.Row(ctx, "onesource.memory", "SELECT current_setting('memory_limit')", &text); err != nil {
		return 1, err
	}
	if _, err := fmt.Sscanf(text, "%f %s", &limit, &unit); err != nil {
		return 1, fmt.Errorf("memory limit %q: %w", text, err)
	}
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if limit *= 1024; u == unit {
			break
		}
	}
	return max(limit, 1), nil
}

// Outcome is what Resolve counted.
type Outcome struct {
	Golden            int64 // golden records
	Conflicts         int64
	Members           int64            // records linked to one
	Unlinked          int64            // records whose key is empty, does not count, or is shared by two subjects
	Problems          map[string]int64 // lines of ProblemsQuery by kind
	Events            map[string]int64 // what became of golden ids in this release, by kind
	ConflictsByHolder map[int16]int64
	DoubtsByAuthority map[int16]int64
	HeldBack          []string // codes of the elements that have no authority on the day: their values are held back
}

// Resolve makes the golden records of an entity, the crosswalk of the records linked to
// them and the conflicts of holders with them, in temporary tables that GoldenQuery,
// CrosswalkQuery and ConflictsQuery read. Links are by key alone and nothing is carried
// over but ids and since: leaving a member out, or a record, undoes its part.
func Resolve(ctx context.Context, s *engine.Session, e Entity, o Options) (Outcome, error) {
	e, o = e.leaveOut(), o.filled()
	out := Outcome{ConflictsByHolder: map[int16]int64{}, DoubtsByAuthority: map[int16]int64{}}
	if err := e.lookForMended(ctx, s); err != nil {
		return out, err
	}
	fields := e.fields()
	for _, f := range fields {
		if !f.known && f.rule == "" {
			out.HeldBack = append(out.HeldBack, f.element.Code)
		}
	}
	if len(e.landed())+len(e.out) == 0 && e.PrevCrosswalk == "" {
		return out, errNoMember(e)
	}
	if o.Passes == 0 {
		var err error
		if o.Passes, err = e.passes(ctx, s, len(fields)); err != nil {
			return out, err
		}
	}
	if err := e.link(ctx, s, o, &out, fields); err != nil {
		return out, err
	}
	shares, err := shares(ctx, s, "k", "SELECT k FROM _subjects", o.Passes)
	if err != nil {
		return out, err
	}
	more, err := e.makeGolden(ctx, s, o, fields, shares)
	if err != nil {
		return out, err
	}
	if err := e.keepIDs(ctx, s, o); err != nil {
		return out, err
	}
	if err := e.cross(ctx, s, o, more); err != nil {
		return out, err
	}
	if err := e.compare(ctx, s, o, fields, shares); err != nil {
		return out, err
	}
	if err := errors.Join(e.doubt(ctx, s, o), e.remember(ctx, s, o)); err != nil {
		return out, err
	}
	if err := errors.Join(e.flag(ctx, s, o), e.dropRows(ctx, s)); err != nil {
		return out, err
	}
	return out, e.count(ctx, s, o, &out)
}

// dropRows frees the members' rows, unless the crosswalk, which is a view, reads them.
func (e Entity) dropRows(ctx context.Context, s *engine.Session) error {
	if e.moves() {
		return nil
	}
	for _, m := range e.landed() {
		for _, step := range []string{"DROP VIEW " + m.rows(), "DROP TABLE " + m.stored()} {
			if err := s.Exec(ctx, "onesource.rows", step); err != nil {
				return err
			}
		}
	}
	return nil
}

func errNoMember(e Entity) error {
	return fmt.Errorf("entity %s: no resource that speaks of it has landed", e.Entity.ID)
}

// link loads every member's rows, ties routes together, applies decisions and settles
// the votes.
func (e Entity) link(ctx context.Context, s *engine.Session, o Options, out *Outcome, fields []field) error {
	if err := e.openProblems(ctx, s); err != nil {
		return err
	}
	var all int64
	for _, m := range e.landed() {
		if err := checkVote(m); err != nil {
			return err
		}
		n, err := e.load(ctx, s, o, m, fields)
		if err != nil {
			return err
		}
		all += n
	}
	if err := e.bridge(ctx, s); err != nil {
		return err
	}
	if err := e.decide(ctx, s); err != nil {
		return err
	}
	if err := e.list(ctx, s); err != nil {
		return err
	}
	for _, m := range e.landed() {
		if err := m.silence(ctx, s); err != nil {
			return err
		}
		var n int64
		if err := s.Row(ctx, "onesource.rows", "SELECT count(*) FROM "+m.rows(), &n); err != nil {
			return err
		}
		out.Members += n
		if err := errors.Join(e.tellMany(ctx, s, m), e.tellUnfit(ctx, s, m, fields)); err != nil {
			return err
		}
	}
	out.Unlinked = all - out.Members
	return nil
}

func checkVote(m Member) error {
	if m.Resource.Vote == nil {
		return nil
	}
	names := map[string]bool{}
	for _, it := range m.Items {
		names[it.Name] = true
	}
	return checkRule(m.Resource.ID, *m.Resource.Vote, names)
}

// compare fills the conflicts, one holder after the other, in shares.
func (e Entity) compare(ctx context.Context, s *engine.Session, o Options, fields []field, shares []string) error {
	steps := []string{"CREATE OR REPLACE TEMP TABLE _conflicts (" + conflictColumns + ")"}
	for _, share := range shares {
		for _, m := range e.landed() {
			differing := e.differSQL(m, o, fields, share)
			if differing == "" {
				continue
			}
			steps = append(steps, differing)
			for _, f := range m.compared(fields) {
				steps = append(steps, "INSERT INTO _conflicts "+e.conflictsSQL(m, f))
			}
			steps = append(steps, "DROP TABLE _differ")
		}
	}
	for _, step := range steps {
		if err := s.Exec(ctx, "onesource.conflicts", step); err != nil {
			return err
		}
	}
	if err := s.Exec(ctx, "onesource.since", "CREATE OR REPLACE TEMP TABLE "+engine.Ident(o.Conflicts)+" AS "+e.sinceSQL()); err != nil {
		return err
	}
	return s.Exec(ctx, "onesource.since", "DROP TABLE _conflicts")
}

func (e Entity) count(ctx context.Context, s *engine.Session, o Options, out *Outcome) error {
	query := "SELECT (SELECT count(*) FROM " + engine.Ident(o.Golden) + "), (SELECT count(*) FROM " + engine.Ident(o.Conflicts) + ")"
	if err := s.Row(ctx, "onesource.count", query, &out.Golden, &out.Conflicts); err != nil {
		return err
	}
	return errors.Join(countBy(ctx, s, "holder", engine.Ident(o.Conflicts), out.ConflictsByHolder), countBy(ctx, s, "authority", engine.Ident(o.Doubts), out.DoubtsByAuthority),
		countKinds(ctx, s, "_problems", "", &out.Problems), countKinds(ctx, s, "_events", fmt.Sprintf(" WHERE since = %d", e.Version), &out.Events))
}

// countBy counts a table's rows by the source that one of its columns names.
func countBy(ctx context.Context, s *engine.Session, column, table string, into map[int16]int64) error {
	return s.Each(ctx, "onesource.count", "SELECT "+column+", count(*) FROM "+table+" GROUP BY 1", func(scan engine.Scanner) error {
		var source int16
		var n int64
		if err := scan(&source, &n); err != nil {
			return fmt.Errorf("count %ss: %w", column, err)
		}
		into[source] = n
		return nil
	})
}
