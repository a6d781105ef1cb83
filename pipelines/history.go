package pipelines

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// The columns that say when a version of a row held: from valid_from, included, to
// valid_to, excluded; the version that holds now has no valid_to. Times are the
// project's wall clock.
const (
	validFrom = "valid_from"
	validTo   = "valid_to"
)

// writeHistory carries the head's history of a resource on to its new standard table:
// what is equal to the version that holds goes on, what differs closes it and opens
// another, what is gone closes it. Versions of one key neither overlap nor leave a gap,
// but for the time a row was gone.
func (r *run) writeHistory(ctx context.Context, s *engine.Session, p *pulled, out *settled) error {
	res := out.res
	if !res.History || r.req.Sample > 0 {
		return nil
	}
	standard := out.datasets[datasetName("standard", res.ID)]
	name := datasetName("standard", res.ID, "history")
	var old lake.Dataset
	if r.head != nil {
		old = r.head.Datasets[name]
	}
	h := &history{keys: keys(res), columns: standard.Columns, now: engine.Lit(r.slotTime().Format(cursorTime))}
	if it := p.plan.timeItem(); it != nil && !it.RawOnly() {
		h.changed = it.Name
	}
	query := h.first(standard.relation())
	if len(old.Files) > 0 && slices.Equal(h.keys, keysOfHistory(old)) {
		files, err := r.Cache.Files(ctx, old)
		if err != nil {
			return err
		}
		h.known = old.Columns
		query = h.next(standard.relation(), engine.Parquet(files))
	}
	d, err := write(ctx, s, out.dir, "history", query, lake.Dataset{
		Layer: "standard", Table: table(res.ID) + "__history", Label: res.Name + "（历史）", Sorted: append(slices.Clone(h.keys), validFrom),
	}, itemLabels(res))
	if err == nil {
		out.datasets[name] = d
	}
	return err
}

// keysOfHistory are the key columns of a history that landed.
func keysOfHistory(d lake.Dataset) []string {
	return slices.DeleteFunc(slices.Clone(d.Sorted), func(c string) bool { return c == validFrom })
}

// timeItem is the item that says when a row changed: its cursor, where that is a day or
// a time and among what is collected.
func (p *PlannedPull) timeItem() *catalog.Item {
	it := p.res.CursorItem()
	if it == nil || it.Type.Kind != catalog.Date && it.Type.Kind != catalog.Time ||
		!slices.ContainsFunc(p.items, func(o *catalog.Item) bool { return o.Name == it.Name }) {
		return nil
	}
	return it
}

// slotTime is the moment a run stands for, on the wall clock: its slot's, else when it
// began.
func (r *run) slotTime() time.Time {
	if _, at, ok := schedule.SlotTime(r.slot, r.Now().Location()); ok {
		return r.wallClock(at)
	}
	return r.wallClock(r.record.Started)
}

// history is SQL over a standard table and the history before it.
type history struct {
	keys    []string
	columns []lake.Column // of the standard table
	known   []lake.Column // of the history before
	changed string        // the item that says when a row changed; "" if none does
	now     string        // literal of the run's moment
}

// moment is the run's.
func (h *history) moment() string { return "TIMESTAMP " + h.now }

// since is when a row of the standard table got its values: by its own word, which is
// never later than the run.
func (h *history) since(alias string) string {
	if h.changed == "" {
		return h.moment()
	}
	return fmt.Sprintf("least(coalesce(CAST(%s AS TIMESTAMP), %s), %s)", engine.Qualified(alias, h.changed), h.moment(), h.moment())
}

// names are the standard table's columns.
func (h *history) names() []string {
	out := make([]string, len(h.columns))
	for i, c := range h.columns {
		out[i] = c.Name
	}
	return out
}

func (h *history) order() string {
	return " ORDER BY " + engine.Idents(append(slices.Clone(h.keys), validFrom))
}

// first is the history of a table that has none: every row holds since it changed.
func (h *history) first(standard string) string {
	return "SELECT " + qualified("n", h.names()) + ", " + h.since("n") + " AS " + validFrom + ", CAST(NULL AS TIMESTAMP) AS " + validTo +
		" FROM " + standard + " n" + h.order()
}

// before is the old history in the columns of now: a column it lacks is NULL, one of
// another type is cast where that can be.
func (h *history) before(old string) string {
	var out []string
	for _, c := range h.columns {
		at := slices.IndexFunc(h.known, func(k lake.Column) bool { return k.Name == c.Name })
		switch {
		case at < 0:
			out = append(out, "CAST(NULL AS "+c.Type+") AS "+engine.Ident(c.Name))
		case h.known[at].Type != c.Type:
			out = append(out, "TRY_CAST("+engine.Ident(c.Name)+" AS "+c.Type+") AS "+engine.Ident(c.Name))
		default:
			out = append(out, engine.Ident(c.Name))
		}
	}
	return "SELECT " + strings.Join(out, ", ") + ", " + validFrom + ", " + validTo + " FROM " + old
}

// next carries a history on. _turn is when what held ends and what holds begins: the
// row's own time if that lies behind the version that held, else the run's, and at the
// least a microsecond behind, whatever the clocks say.
func (h *history) next(standard, old string) string {
	key := h.keys[0]
	names := h.names()
	var differs []string
	for _, n := range names {
		if !slices.Contains(h.keys, n) {
			differs = append(differs, engine.Qualified("n", n)+" IS DISTINCT FROM "+engine.Qualified("o", n))
		}
	}
	if len(differs) == 0 {
		differs = []string{"false"}
	}
	after := func(own, last string) string { // the first of own and the run's moment that lies behind last
		return fmt.Sprintf("CASE WHEN %[1]s > %[2]s THEN %[1]s WHEN %[3]s > %[2]s THEN %[3]s ELSE %[2]s + INTERVAL 1 MICROSECOND END", own, last, h.moment())
	}
	without := func(last string) string { // not before last
		return fmt.Sprintf("CASE WHEN %[2]s IS NULL OR %[1]s >= %[2]s THEN %[1]s ELSE greatest(%[3]s, %[2]s) END", h.since("n"), last, h.moment())
	}
	held := engine.Qualified("o", key) + " IS NOT NULL"
	holds := engine.Qualified("n", key) + " IS NOT NULL"
	changed := "(" + strings.Join(differs, " OR ") + ")"
	return "WITH old AS (" + h.before(old) + "), " +
		"held AS (SELECT * FROM old WHERE " + validTo + " IS NULL), " +
		"ended AS (SELECT " + engine.Idents(h.keys) + ", max(" + validTo + ") AS _ended FROM old WHERE " + validTo + " IS NOT NULL GROUP BY " + engine.Idents(h.keys) + "), " +
		"pairs AS (SELECT " + h.pairs(names) + ", o." + validFrom + " AS _since, " + held + " AS _held, " + holds + " AS _holds, " +
		"CASE WHEN " + held + " AND " + holds + " THEN " + changed + " ELSE true END AS _turned, " +
		"CASE WHEN NOT " + "(" + held + ") THEN " + without("e._ended") + " WHEN NOT (" + holds + ") THEN " + after(h.moment(), "o."+validFrom) +
		" ELSE " + after(h.since("n"), "o."+validFrom) + " END AS _turn" +
		" FROM " + standard + " n FULL JOIN held o ON " + equalKeys("n", "o", h.keys) + " LEFT JOIN ended e ON " + equalKeys("n", "e", h.keys) + ") " +
		"SELECT " + engine.Idents(names) + ", " + validFrom + ", " + validTo + " FROM old WHERE " + validTo + " IS NOT NULL" +
		" UNION ALL SELECT " + prefixed("_o_", names) + ", _since, CASE WHEN _turned THEN _turn END FROM pairs WHERE _held" +
		" UNION ALL SELECT " + prefixed("_n_", names) + ", _turn, NULL FROM pairs WHERE _holds AND (_turned OR NOT _held)" + h.order()
}

// pairs are the columns of both sides, each with its own prefix.
func (h *history) pairs(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, engine.Qualified("o", n)+" AS "+engine.Ident("_o_"+n), engine.Qualified("n", n)+" AS "+engine.Ident("_n_"+n))
	}
	return strings.Join(out, ", ")
}

func prefixed(prefix string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = engine.Ident(prefix+n) + " AS " + engine.Ident(n)
	}
	return strings.Join(out, ", ")
}

func qualified(alias string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = engine.Qualified(alias, n)
	}
	return strings.Join(out, ", ")
}
