package onesource

import (
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// ReadRenamed has the entity's relations of the release before read by the codes that
// elements have today: a code that was replaced stands in conflicts, and before keys of
// later routes. Without it every such subject would seem new, and every conflict.
func (e *Entity) ReadRenamed() {
	var codes, keys []string
	for _, el := range e.Elements {
		for _, old := range el.Replaces {
			codes = append(codes, "WHEN element = "+engine.Lit(old)+" THEN "+engine.Lit(el.Code))
			if len(e.Entity.Keys) == 1 { // its keys have no code before them, and a file's order is known
				continue
			}
			keys = append(keys, "WHEN starts_with(entity_key, "+engine.Lit(old+":")+") THEN "+engine.Lit(el.Code+":")+" || substr(entity_key, "+
				"length("+engine.Lit(old+":")+") + 1)")
		}
	}
	read := func(relation string, whens []string, column string) string {
		if relation == "" || len(whens) == 0 {
			return relation
		}
		return "(SELECT * REPLACE (CASE " + strings.Join(whens, " ") + " ELSE " + column + " END AS " + column + ") FROM " + relation + ")"
	}
	e.Previous = read(read(e.Previous, codes, "element"), keys, "entity_key")
	e.PrevCrosswalk = read(e.PrevCrosswalk, keys, "entity_key")
}

// today writes the key that a decision names with the codes of today.
func today(p *catalog.Project, l catalog.Linked) catalog.Linked {
	if code, rest, ok := strings.Cut(l.EntityKey, ":"); ok {
		l.EntityKey = p.CurrentCode(code) + ":" + rest
	}
	return l
}
