package report

import (
	"context"
	"fmt"
	"time"
)

// Owed counts the conflicts, or the doubts, that one department is to mend by one day: as
// its report lists them, never a key or a value.
type Owed struct {
	Department string // id
	Doubts     bool
	Count      int64
	Due        string // 2006-01-02; "" where no term is known
}

// Owing counts what a release's conflicts and doubts ask of departments, by the term each
// has in a report of that release: what is asked of the authority first is not the
// holder's yet. Of the input Project, Release, Session, Relation, Now, Deadline and Made
// are read, and nothing is written.
func Owing(ctx context.Context, in Input) ([]Owed, error) {
	b := &builder{Input: in, terms: map[uint64]*term{}, names: map[string]string{}}
	if err := b.readSources(ctx); err != nil {
		return nil, err
	}
	var out []Owed
	for _, e := range in.Project.Entities {
		for _, doubts := range []bool{false, true} {
			query, err := b.owingSQL(ctx, e.ID, doubts)
			if err != nil {
				return nil, err
			}
			if query == "" {
				continue
			}
			if out, err = b.owing(ctx, query, doubts, out); err != nil {
				return nil, fmt.Errorf("tasks of entity %q: %w", e.ID, err)
			}
		}
	}
	return out, nil
}

// owingSQL counts an entity's conflicts that their holder is to mend, as tally does, or its
// doubts, by source and the release that first carried them; "" where there are none.
func (b *builder) owingSQL(ctx context.Context, entity string, doubts bool) (string, error) {
	name, who, where := "conflicts", "holder", ""
	if doubts {
		name, who = "doubts", "authority"
	}
	t, err := b.table(ctx, b.Release, "entity/"+entity+"/"+name)
	if err != nil || t == nil {
		return "", err
	}
	if !doubts {
		doubted, err := b.doubtedBy(ctx, entity)
		if err != nil {
			return "", err
		}
		where = fmt.Sprintf(" WHERE kind IN ('%s', '%s') AND NOT %s", differs, authorityHas, doubted)
	}
	return "SELECT " + who + ", coalesce(since, 0) AS since, count(*) FROM " + t.sql + " c" + where + " GROUP BY ALL ORDER BY ALL", nil
}

func (b *builder) owing(ctx context.Context, query string, doubts bool, out []Owed) ([]Owed, error) {
	type line struct {
		source int
		since  uint64
		n      int64
	}
	var lines []line
	err := b.each(ctx, "tasks that are owed", query, func(scan scanner) error {
		var l line
		err := scan(&l.source, &l.since, &l.n)
		lines = append(lines, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		t, err := b.termSince(ctx, l.since)
		if err != nil {
			return nil, err
		}
		o := Owed{Department: b.sources[l.source].Department, Doubts: doubts, Count: l.n}
		if !t.day.IsZero() {
			o.Due = t.day.Format(time.DateOnly)
		}
		out = append(out, o)
	}
	return out, nil
}
