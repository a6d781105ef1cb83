package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
)

// Duplicates finds the records of a resource that are the same and settles which
// stays: first among rows that share the whole declared key, then by the
// resource's duplicates rule (rows in which all of its items are filled; ties go
// to the smallest key). It fills the temporary table losers(<keys…>, kept,
// _shared): kept is the record key of the one that stays, _shared marks rows that
// lost to a row of their own key. Rows in the temporary table withheld(<keys…>),
// which must be there, take no part. It returns how many rows are removed.
func Duplicates(ctx context.Context, s *engine.Session, t Table) (int64, error) {
	if err := t.validate(); err != nil {
		return 0, err
	}
	if err := t.makeClean(ctx, s); err != nil {
		return 0, err
	}
	if err := s.Exec(ctx, "duplicates.key", "CREATE OR REPLACE TEMP TABLE losers AS "+t.sharedLosersSQL()); err != nil {
		return 0, err
	}
	if t.Resource.Duplicates != nil {
		if err := s.Exec(ctx, "duplicates.groups", "CREATE OR REPLACE TEMP TABLE _same AS "+t.groupsSQL()); err != nil {
			return 0, err
		}
		if err := s.Exec(ctx, "duplicates.by", "INSERT INTO losers "+t.losersSQL()); err != nil {
			return 0, err
		}
		if err := s.Exec(ctx, "duplicates.groups", "DROP TABLE _same"); err != nil {
			return 0, err
		}
	}
	var removed int64
	err := s.Row(ctx, "duplicates.count", "SELECT count(*) FROM losers", &removed)
	return removed, err
}

// validate refuses a rule that names what the image does not have.
func (t Table) validate() error {
	d := t.Resource.Duplicates
	if d == nil {
		return nil
	}
	names := map[string]bool{}
	for _, it := range t.Items {
		names[it.Name] = true
	}
	for _, by := range d.By {
		if !names[by] {
			return notCollected(t.Resource.ID, "duplicates", by)
		}
	}
	return checkRule(t.Resource.ID, d.Keep, names)
}

// checkRule refuses a rule over an item that names lacks.
func checkRule(resource string, rule catalog.KeepRule, names map[string]bool) error {
	switch rule.Fn {
	case "first":
		return nil
	case "latest", "earliest":
		if names[rule.Item] {
			return nil
		}
		return notCollected(resource, rule.Fn, rule.Item)
	}
	return fmt.Errorf("rule %q of %s is unknown", rule.Fn, resource)
}

func notCollected(resource, rule, item string) error {
	return fault.New(fault.Config, "onesource.rule_item", resource, rule, item).Try("onesource.rule_item.hint")
}

// candidates are the rows that take part.
func (t Table) candidates() string {
	return "SELECT r.* FROM " + t.Raw + " r ANTI JOIN withheld w ON " + sameKeys("r", "w", t.Keys)
}

// makeClean makes the view _clean: the candidates with one row for each key.
// Where no key is shared, as in most resources, that is the candidates.
func (t Table) makeClean(ctx context.Context, s *engine.Session) error {
	clean, err := t.distinct(ctx, s, t.candidates(), "")
	if err != nil {
		return err
	}
	return s.Exec(ctx, "duplicates.clean", "CREATE OR REPLACE TEMP VIEW _clean AS "+clean)
}

// sharedLosersSQL has one line for each row too many of a key.
func (t Table) sharedLosersSQL() string {
	return "SELECT " + qualifiedList("k", t.Keys) + ", " + recordKey("k", t.Keys) +
		" AS kept, true AS _shared FROM _shared_keys k, range(1, k._rows)"
}

// filled is the condition that all items of the duplicates rule have a value.
func (t Table) filled(alias string) string {
	conds := make([]string, len(t.Resource.Duplicates.By))
	for i, by := range t.Resource.Duplicates.By {
		conds[i] = engine.Qualified(alias, by) + " IS NOT NULL"
	}
	return strings.Join(conds, " AND ")
}

// groupsSQL finds the values that more than one record has, by their hash, so that
// the window after it sees only those records, and the few that share a hash with
// them, which the window tells apart.
func (t Table) groupsSQL() string {
	return "SELECT hash(" + qualifiedList("c", t.Resource.Duplicates.By) + ") AS h FROM _clean c WHERE " + t.filled("c") +
		" GROUP BY h HAVING count(*) > 1"
}

// losersSQL ranks the records of each group in a window over keys alone.
func (t Table) losersSQL() string {
	d := t.Resource.Duplicates
	window := "(PARTITION BY " + qualifiedList("c", d.By) + " ORDER BY " + order(keepOrder("c", d.Keep), qualifiedList("c", t.Keys)) + ")"
	return "SELECT " + engine.Idents(t.Keys) + ", kept, false FROM (SELECT " + qualifiedList("c", t.Keys) +
		", first_value(" + recordKey("c", t.Keys) + ") OVER w AS kept, row_number() OVER w AS _rank FROM _clean" +
		" c SEMI JOIN _same g ON hash(" + qualifiedList("c", d.By) + ") = g.h WHERE " + t.filled("c") + " WINDOW w AS " + window + ") WHERE _rank > 1"
}

// DuplicatesQuery is the content of quality/<resource>/duplicates, sorted.
func DuplicatesQuery(t Table) string {
	return "SELECT " + engine.Idents(t.Keys) + ", kept FROM losers ORDER BY " + engine.Idents(t.Keys) + ", kept"
}
