package onesource

import (
	"context"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Mark says that a value of a subject is in dispute (标注): readers of golden records
// see it until it is lifted.
type Mark struct {
	Entity   string // id
	GoldenID string
	Key      string // entity key when it was marked
	Element  string // code
}

// marks are those of the entity's own subjects.
func (e Entity) marks() (own []Mark) {
	for _, m := range e.Marks {
		if m.Entity == e.Entity.ID {
			own = append(own, m)
		}
	}
	return own
}

// flag makes the table _disputed: k and the columns in dispute of the subjects that
// marks speak of: by golden id, by the id that one was merged into, and by key where no
// subject has either. remember must have run.
func (e Entity) flag(ctx context.Context, s *engine.Session, o Options) error {
	var values []string
	for _, m := range e.marks() {
		at := slices.IndexFunc(e.Elements, func(el catalog.Element) bool { return el.Code == m.Element })
		if at >= 0 {
			values = append(values, "("+engine.Lit(m.GoldenID)+", "+engine.Lit(m.Key)+", "+engine.Lit(e.Elements[at].Column)+")")
		}
	}
	none := "SELECT NULL::VARCHAR AS k, NULL::VARCHAR AS disputed LIMIT 0"
	if len(values) == 0 {
		return s.Exec(ctx, "onesource.disputed", "CREATE OR REPLACE TEMP TABLE _disputed AS "+none)
	}
	golden, marks := engine.Ident(o.Golden), "(VALUES "+strings.Join(values, ", ")+") m(id, key, name)"
	byID := "SELECT g.k, m.id, m.name FROM (SELECT m.id, m.name, coalesce(a.current_id, m.id) AS now FROM " + marks +
		" LEFT JOIN _aliases a ON a.golden_id = m.id) m JOIN " + golden + " g ON g.id = m.now"
	return s.Exec(ctx, "onesource.disputed", "CREATE OR REPLACE TEMP TABLE _disputed AS WITH found AS ("+byID+") "+
		"SELECT k, string_agg(DISTINCT name, ',' ORDER BY name) AS disputed FROM (SELECT k, name FROM found UNION ALL "+
		"SELECT g.k, m.name FROM "+golden+" g JOIN "+marks+" ON m.key = g.k WHERE m.id NOT IN (SELECT id FROM found)) GROUP BY k")
}
