package onesource

import (
	"guiji/catalog"
	"guiji/internal/engine"
)

// EntityKey is the key of an entity that a text gives by one of its routes, written as
// the crosswalk has it, with the element's code before all but the first: SQL over a
// text or column, NULL where it is blank or has not the route's form. Whoever looks for
// a subject's records by their keys finds them by it as the pipeline would.
func EntityKey(e catalog.Entity, route int, text string) string {
	key := formed(Entity{Entity: e}.form(route), blankIsNull(text))
	if route == 0 {
		return key
	}
	return "(" + engine.Lit(e.Keys[route]+":") + " || " + key + ")"
}
