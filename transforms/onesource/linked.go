package onesource

import (
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// moves reports whether a row may come to another entity key than the one it gives
// itself: only then do rows remember both.
func (e Entity) moves() bool { return len(e.Entity.Keys) > 1 }

// linkedBy are the crosswalk's columns that say how a record came to its subject:
// own_key (the key it gave itself, NULL where that is the entity key), route (the
// element of that key; NULL where it gave none) and decision (the steward's, NULL
// where there is none).
func (e Entity) linkedBy(m Member) string {
	own := "CAST(NULL AS VARCHAR)"
	if e.moves() {
		own = "r.own"
	}
	return own + " AS own_key, " + e.routeSQL(m) + " AS route, CAST(NULL AS VARCHAR) AS decision"
}

// routeSQL is the element of the first key that a row has.
func (e Entity) routeSQL(m Member) string {
	var whens []string
	for i, it := range m.Routes {
		switch {
		case it == nil:
		case len(m.Routes) == 1:
			return engine.Lit(e.Entity.Keys[i])
		default:
			whens = append(whens, fmt.Sprintf("WHEN r.q%d IS NOT NULL THEN %s", i, engine.Lit(e.Entity.Keys[i])))
		}
	}
	return "CAST(CASE " + strings.Join(whens, " ") + " END AS VARCHAR)"
}
