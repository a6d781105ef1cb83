package orders

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/quality"
)

// Fold is what one run makes of a resource's orders: those of the release before, and what
// the run found.
//
//	fails now, no order                → open
//	fails now, open                    → one period more, where the source was read anew
//	fails now, mended or gone          → open again, one return more, due anew
//	fails now, ended                   → open again, due anew; no return: it was never mended
//	passes, the rule ran and is the one it failed, the record is there → mended
//	passes, the rule is another, and its department has said since that it is mended → ended: closed, and no fix
//	the record is not there            → gone
//	all else                           → as it was, with the reason
//
// A changed rule by itself, one that did not run, a shut gate, a sample and rows that cannot
// be read close nothing. A source that was not read as of one moment may miss a record that
// was moved meanwhile: it is gone when the next load of everything misses it too. The due
// date is fixed when an order is opened and does not move by itself.
type Fold struct {
	Session  *engine.Session
	Resource string
	Keys     []string         // key columns of the failures
	Failures string           // relation: keys, rule, version
	Before   string           // relation of the orders before; "" for none
	Image    string           // relation the rules judged: raw, or the image a shut gate refused
	Unread   string           // relation of the keys of rows that could not be read, as the image would have them; "" for none
	Nameless bool             // a row could not be read whose key cannot be told
	Doubt    Because          // why a record that is not in the image may be there all the same: GateShut, Partial; "" if it is gone then
	Torn     bool             // the source was not read as of one moment
	Whole    bool             // everything was read anew, not an increment and not what is stored
	Said     string           // relation of what people said, as ReadActs makes it; "" for nothing
	Rules    []quality.Metric // what the run counted
	// Standardised is, by rule, a digest of how the values it judges came out of the
	// source: of steps, code tables and columns. Where that is another, so is the rule.
	Standardised map[string]string
	Known        []string  // ids of the rules the catalogue has, those of items that this run did not collect included
	Release      uint64    // the one to be made
	Read         time.Time // when the source was read, on the project's wall clock, its zone left out
	Now          time.Time // when it is judged, likewise
	Due          time.Time // a day: of orders opened now
	Soft         bool      // Due is provisional: it reaches into a year whose working days are not announced
	Forget       time.Time // orders closed before that are carried on no more
	AtOnce       int64     // rows that are put together at once; 0 is 250 000
}

// Columns are those beside the key columns, in their order.
func Columns() []string {
	return []string{"rule", "version", "order_number", "order_state", "because", "opened", "opened_at", "due", "provisional", "seen", "seen_at", "periods", "returns",
		"reopened", "reopened_at", "closed", "closed_at", "rule_item", "rule_title", "severity", "standardised"}
}

// atOnce is how many rows of the orders before and the failures are put together at once:
// the joins and the sort of all of them would not fit a session's memory.
const atOnce = 250_000

// Queries prepares the fold in temporary tables of the session and returns the SQL of the
// new dataset, in a total order: one query, or where there are many orders one after the
// other, for a file each. They hold until the session's next Fold.
func (f Fold) Queries(ctx context.Context) ([]string, error) {
	g := &folding{Fold: f, old: "ord_old"}
	for _, step := range []func(context.Context) error{g.keyTypes, g.rules, g.before, g.idle, g.present, g.unread} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	by := "rule, " + engine.Ident(f.Keys[0])
	all := "(SELECT " + by + " FROM ord_old UNION ALL SELECT " + by + " FROM " + f.Failures + ")"
	parts, err := ranges(ctx, f.Session, all, f.Keys[0], cmp.Or(f.AtOnce, atOnce))
	for i, part := range parts {
		parts[i] = g.query(part)
	}
	return parts, err
}

// query is the SQL of the new dataset's rows of a range.
func (f *folding) query(cond string) string {
	part := *f
	part.old, part.Failures = among(f.old, cond), among(f.Failures, cond)
	columns := engine.Idents(append(slices.Clone(f.Keys), Columns()...))
	return "SELECT " + columns + " FROM (" + part.moved() + ") UNION ALL SELECT " + columns + " FROM " + among("ord_rest", cond) + " ORDER BY rule, " + engine.Idents(f.Keys) + ", order_number"
}

// folding is a fold under way.
type folding struct {
	Fold
	old   string            // relation of the orders before, those of another key left out
	types map[string]string // of the key columns
}

func (f *folding) exec(ctx context.Context, query string) error {
	return f.Session.Exec(ctx, "orders", query)
}

func (f *folding) keyTypes(ctx context.Context) (err error) {
	f.types, err = f.columnTypes(ctx, f.Failures)
	return err
}

// columnTypes are the types of a relation's columns.
func (f *folding) columnTypes(ctx context.Context, relation string) (map[string]string, error) {
	out := map[string]string{}
	err := f.Session.Each(ctx, "orders", "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+relation+")", func(scan engine.Scanner) error {
		var name, kind string
		if err := scan(&name, &kind); err != nil {
			return fmt.Errorf("orders of %s: %w", f.Resource, err)
		}
		out[name] = kind
		return nil
	})
	return out, err
}

// rules makes ord_rule: what became of each rule that the run or the catalogue knows.
func (f *folding) rules(ctx context.Context) error {
	if err := f.exec(ctx, "CREATE OR REPLACE TEMP TABLE ord_rule (rule VARCHAR, version VARCHAR, ran BOOLEAN, rule_item VARCHAR, rule_title VARCHAR, severity VARCHAR, standardised VARCHAR)"); err != nil {
		return err
	}
	var rows []string
	counted := map[string]bool{}
	for _, m := range f.Rules {
		counted[m.Rule] = true
		rows = append(rows, fmt.Sprintf("(%s, %s, %t, %s, %s, %s, nullif(%s, ''))", engine.Lit(m.Rule), engine.Lit(m.Version), m.Status != quality.NotEvaluated,
			engine.Lit(m.Item), engine.Lit(m.Title), engine.Lit(string(m.Severity)), engine.Lit(f.Standardised[m.Rule])))
	}
	for _, id := range f.Known {
		if !counted[id] {
			rows = append(rows, fmt.Sprintf("(%s, NULL, false, NULL, NULL, NULL, NULL)", engine.Lit(id)))
		}
	}
	for part := range slices.Chunk(rows, 500) {
		if err := f.exec(ctx, "INSERT INTO ord_rule VALUES "+strings.Join(part, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// before makes the view ord_old, the orders whose records go by the keys of today, and ord_rest,
// those of another key: as no one can say which record they are of, they end.
func (f *folding) before(ctx context.Context) error {
	from := f.Before
	if from == "" {
		from = f.none()
	}
	had, err := f.columnTypes(ctx, from)
	if err != nil {
		return err
	}
	if had["standardised"] == "" { // from before orders told
		had["standardised"], from = "VARCHAR", "(SELECT *, NULL::VARCHAR AS standardised FROM "+from+")"
	}
	var keys, none []string
	same := []string{"because IS DISTINCT FROM '" + string(Rekeyed) + "'"}
	for _, k := range f.Keys {
		id := engine.Ident(k)
		none = append(none, "NULL::"+f.types[k]+" AS "+id)
		switch had[k] {
		case f.types[k]:
			keys = append(keys, id)
		case "":
			keys, same = append(keys, none[len(none)-1]), append(same, "false")
		default: // equal as text: the same number
			cast := "TRY_CAST(" + id + " AS " + f.types[k] + ")"
			keys, same = append(keys, cast+" AS "+id), append(same, cast+"::VARCHAR IS NOT DISTINCT FROM "+id+"::VARCHAR")
		}
	}
	if len(had) != len(f.Keys)+len(Columns()) {
		same = append(same, "false")
	}
	mine := strings.Join(same, " AND ")
	if err := f.exec(ctx, "CREATE OR REPLACE TEMP VIEW ord_old AS SELECT "+strings.Join(append(keys, Columns()...), ", ")+" FROM "+from+" WHERE "+mine); err != nil {
		return err
	}
	err = f.exec(ctx, "CREATE OR REPLACE TEMP TABLE ord_rest AS SELECT * FROM (SELECT "+strings.Join(append(none, f.ended()...), ", ")+
		" FROM "+from+" WHERE NOT ("+mine+")) WHERE closed_at >= "+stamp(f.Forget))
	if err != nil {
		return err
	}
	return f.numbered(ctx)
}

// numbered takes out of ord_rest what has the number of an order of today: another key may
// spell as the one before did, and a key may come back. A number is one order.
func (f *folding) numbered(ctx context.Context) error {
	var n int64
	if err := f.Session.Row(ctx, "orders", "SELECT count(*) FROM ord_rest", &n); err != nil || n == 0 {
		return err
	}
	keys := make([]string, len(f.Keys))
	for i, k := range f.Keys {
		keys[i] = engine.Qualified("n", k)
	}
	return f.exec(ctx, "DELETE FROM ord_rest WHERE order_number IN (SELECT order_number FROM ord_old UNION ALL SELECT "+numberSQL(f.Resource, "n.rule", keys)+" FROM "+f.Failures+" n)")
}

// none is a relation of no orders.
func (f *folding) none() string {
	var out []string
	for _, k := range f.Keys {
		out = append(out, "NULL::"+f.types[k]+" AS "+engine.Ident(k))
	}
	typed := map[string]string{"opened": "BIGINT", "seen": "BIGINT", "periods": "BIGINT", "returns": "BIGINT", "reopened": "BIGINT", "closed": "BIGINT",
		"opened_at": "TIMESTAMP", "seen_at": "TIMESTAMP", "reopened_at": "TIMESTAMP", "closed_at": "TIMESTAMP", "due": "DATE", "provisional": "BOOLEAN"}
	for _, c := range Columns() {
		out = append(out, "NULL::"+cmp.Or(typed[c], "VARCHAR")+" AS "+c)
	}
	return "(SELECT " + strings.Join(out, ", ") + " WHERE false)"
}

// ended are the columns of an order whose record goes by another key now.
func (f *folding) ended() []string {
	open := "order_state = '" + string(Open) + "'"
	becomes := map[string]string{
		"order_state": "'" + string(Ended) + "'", "closed": fmt.Sprint(f.Release), "closed_at": stamp(f.Now),
	}
	out := Columns()
	for i, c := range out {
		switch {
		case c == "because":
			out[i] = "'" + string(Rekeyed) + "' AS because"
		case becomes[c] != "":
			out[i] = "CASE WHEN " + open + " THEN " + becomes[c] + " ELSE " + c + " END AS " + c
		}
	}
	return out
}

// stamp is a wall clock's time as SQL.
func stamp(t time.Time) string { return "TIMESTAMP '" + t.Format("2006-01-02 15:04:05.000000") + "'" }
