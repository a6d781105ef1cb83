package onesource

import (
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// moves reports whether a row may come to another entity key than the one it gives
// itself: only then do rows remember both.
func (e Entity) moves() bool { return len(e.Entity.Keys) > 1 || len(e.Decisions) > 0 }

// linkedBy are the crosswalk's columns that say how a record came to its subject:
// own_key (the key it gave itself, NULL where that is the entity key), route (the
// element of that key; NULL where it gave none) and decision (the steward's, NULL
// where there is none).
func (e Entity) linkedBy(m Member) string {
	own, decision := "r.own", "CAST(NULL AS VARCHAR)"
	if len(e.Decisions) > 0 {
		ids := make([]string, len(e.Decisions))
		for i, d := range e.Decisions {
			ids[i] = engine.Lit(d.ID)
		}
		decision = "[" + strings.Join(ids, ", ") + "][r.decided + 1]"
	}
	return own + " AS own_key, " + e.routeSQL(m) + " AS route, " + decision + " AS decision"
}

// linkedItself are the same columns of an entity whose records do not move: alike for all.
func (e Entity) linkedItself() []string {
	return []string{"CAST(NULL AS VARCHAR) AS own_key", engine.Lit(e.Entity.Keys[0]) + " AS route", "CAST(NULL AS VARCHAR) AS decision"}
}

// routeSQL is the element of the first key that a row has.
func (e Entity) routeSQL(m Member) string {
	var whens []string
	for i, it := range m.Routes {
		switch {
		case it == nil:
		case len(m.Routes) == 1:
			return "CASE WHEN " + e.keyless() + " THEN NULL ELSE " + engine.Lit(e.Entity.Keys[i]) + " END"
		default:
			whens = append(whens, fmt.Sprintf("WHEN r.q%d IS NOT NULL THEN %s", i, engine.Lit(e.Entity.Keys[i])))
		}
	}
	return "CAST(CASE " + strings.Join(whens, " ") + " END AS VARCHAR)"
}

// keyless is the condition that a row of an entity with one key gave none itself: a
// decision alone linked it.
func (e Entity) keyless() string {
	if len(e.Decisions) == 0 {
		return "false"
	}
	return "r.decided IS NOT NULL AND r.own IS NULL"
}
