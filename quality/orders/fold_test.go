package orders_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/quality"
	"guiji/quality/orders"
)

// one is an order in the plain model that the fold is held against.
type one struct {
	rule, key, version, made, state, because string
	opened, seen, periods, returns           int
	reopened, closed                         int
	due                                      int // the release whose run fixed it
}

// found is what one run sees.
type found struct {
	fails  map[[2]string]bool // rule, key
	image  map[string]bool
	unread map[string]bool
	rules  map[string]string // version of each rule that the catalogue has
	made   map[string]string // how the values of each came out of the source
	idle   map[string]bool   // rules that did not run
	shut   bool
	torn   bool // the source was not read as of one moment
	whole  bool
	said   map[[2]string]int // before which run the department said that it is mended
}

// fold is the model: record by record, as the rules of the package are told.
func fold(was map[[2]string]one, f found, n int) map[[2]string]one {
	out := map[[2]string]one{}
	for id, o := range was {
		if f.fails[id] || o.closed > 0 && n-o.closed > 5 {
			continue
		}
		version, known := f.rules[o.rule]
		changed := version != o.version || f.made[o.rule] != o.made && f.made[o.rule] != "" && o.made != ""
		switch {
		case o.state != "open":
		case !f.image[o.key] && f.shut:
			o.because = "gate"
		case !f.image[o.key] && f.unread[o.key]:
			o.because = "unreadable"
		case !f.image[o.key] && (f.torn && !(f.whole && o.because == "unsettled") || !f.torn && !f.whole && o.because == "unsettled"):
			o.because = "unsettled"
		case !f.image[o.key]:
			o.state, o.closed, o.because = "gone", n, ""
		case !known:
			o.state, o.closed, o.because = "ended", n, "rule_withdrawn"
		case f.idle[o.rule]:
			o.because = "not_evaluated"
		case changed && f.said[id] > max(o.seen, o.opened, o.reopened):
			o.state, o.closed, o.because = "ended", n, "rule_changed"
		case changed:
			o.because = "rule_changed"
		default:
			o.state, o.closed, o.because = "mended", n, ""
		}
		out[id] = o
	}
	for id := range f.fails {
		o, had := was[id]
		switch {
		case !had:
			o = one{rule: id[0], key: id[1], opened: n, due: n}
		case o.state != "open":
			if o.state != "ended" {
				o.returns++
			}
			o.periods, o.reopened, o.due = 0, n, n
		}
		o.state, o.because, o.closed, o.version, o.seen = "open", "", 0, f.rules[id[0]], n
		o.made = f.made[id[0]]
		o.periods++
		out[id] = o
	}
	return out
}

var day = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

// world is a session with the relations of one run after the other.
type world struct {
	*testing.T
	s    *engine.Session
	dir  string
	last string // relation of the orders before
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &world{T: t, s: s, dir: t.TempDir()}
}

func values(columns string, rows []string) string {
	slices.Sort(rows)
	if len(rows) == 0 {
		n := strings.Count(columns, ",") + 1
		return "(SELECT * FROM (VALUES (" + strings.TrimSuffix(strings.Repeat("NULL::VARCHAR, ", n), ", ") + ")) v(" + columns + ") WHERE false)"
	}
	return "(SELECT * FROM (VALUES " + strings.Join(rows, ", ") + ") v(" + columns + "))"
}

// run folds what a run found and keeps the result.
func (w *world) run(f found, n int) {
	w.Helper()
	var fails, image, bad []string
	for id := range f.fails {
		fails = append(fails, fmt.Sprintf("('%s', '%s', '%s')", id[1], id[0], f.rules[id[0]]))
	}
	for k := range f.image {
		image = append(image, "('"+k+"')")
	}
	for k := range f.unread {
		bad = append(bad, "('"+k+"')")
	}
	in := orders.Fold{
		Session: w.s, Resource: "d/r", Keys: []string{"id"}, Release: uint64(n), Before: w.last, Read: day.AddDate(0, 0, n).Add(-time.Hour), Now: day.AddDate(0, 0, n),
		Failures: values("id, rule, version", fails), Image: values("id", image), Unread: values("id", bad),
	}
	in.Standardised = f.made
	in.Torn, in.Whole, in.Said = f.torn, f.whole, w.words(f.said)
	in.Due, in.Soft = catalog.AddWorkdays(in.Now, 10)
	in.Forget = in.Now.AddDate(0, 0, -5)
	if f.shut {
		in.Doubt = orders.GateShut
	}
	for _, r := range slices.Sorted(maps.Keys(f.rules)) {
		if f.idle[r] && n%2 == 0 {
			in.Known = append(in.Known, r) // of an item that was not collected: the run has no such rule
			continue
		}
		m := quality.Metric{Rule: r, Version: f.rules[r], Status: quality.Pass, Item: "name", Title: "rule " + r, Severity: quality.Error}
		if f.idle[r] {
			m.Status = quality.NotEvaluated
		}
		in.Rules = append(in.Rules, m)
	}
	w.last = engine.Parquet(w.folded(in, n))
}

// words are what departments said, each in the night before a run.
func (w *world) words(said map[[2]string]int) string {
	w.Helper()
	relation, err := orders.ReadActs(w.Context(), w.s, time.UTC, func(_ context.Context, each func(state.OrderStanding) error) error {
		for id, n := range said {
			if err := each(state.OrderStanding{Number: orders.Number("d/r", id[0], []string{id[1]}), Done: day.AddDate(0, 0, n).Add(-8 * time.Hour)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return relation
}

// held are the orders as the dataset has them.
func (w *world) held() map[[2]string]one {
	w.Helper()
	rows, err := w.s.Query(w.Context(), "test", "SELECT rule, id, version, order_state, coalesce(because, ''), opened, seen, periods, returns, coalesce(reopened, 0), coalesce(closed, 0), order_number, "+
		"coalesce(standardised, ''), strftime(due, '%Y-%m-%d'), opened_at, seen_at, (closed IS NULL) = (closed_at IS NULL) AND (reopened IS NULL) = (reopened_at IS NULL) FROM "+w.last)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	out := map[[2]string]one{}
	for rows.Next() {
		var o one
		var number, due string
		var opened, seen time.Time
		var whole bool
		if err := rows.Scan(&o.rule, &o.key, &o.version, &o.state, &o.because, &o.opened, &o.seen, &o.periods, &o.returns, &o.reopened, &o.closed, &number, &o.made, &due, &opened, &seen, &whole); err != nil {
			w.Fatal(err)
		}
		o.due = cmp.Or(o.reopened, o.opened)
		want, _ := catalog.AddWorkdays(day.AddDate(0, 0, o.due), 10)
		if number != orders.Number("d/r", o.rule, []string{o.key}) || due != want.Format(time.DateOnly) || !opened.Equal(day.AddDate(0, 0, o.opened)) || !seen.Equal(day.AddDate(0, 0, o.seen).Add(-time.Hour)) || !whole {
			w.Errorf("%s of %s: number %s, due %s, opened %v, seen %v", o.rule, o.key, number, due, opened, seen)
		}
		out[[2]string{o.rule, o.key}] = o
	}
	return out
}

// Over random histories of runs the fold makes what the model makes.
func TestFoldEqualsTheModel(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(3) {
		w := newWorld(t)
		r := rand.New(rand.NewPCG(seed, 7))
		rules := map[string]string{"a": "1", "b": "1", "c": "1"}
		var model map[[2]string]one
		said, made := map[[2]string]int{}, map[string]string{"a": "m", "c": "m"}
		for n := 1; n <= 12; n++ {
			f := found{fails: map[[2]string]bool{}, image: map[string]bool{}, unread: map[string]bool{}, idle: map[string]bool{}, shut: r.IntN(5) == 0, torn: r.IntN(3) == 0, whole: r.IntN(3) > 0, said: said}
			for _, id := range slices.SortedFunc(maps.Keys(model), func(a, b [2]string) int { return cmp.Compare(a[0]+a[1], b[0]+b[1]) }) {
				if r.IntN(4) == 0 {
					said[id] = n
				}
			}
			switch r.IntN(4) {
			case 0:
				rules["a"] = fmt.Sprint(n)
			case 1:
				delete(rules, "b")
			case 2:
				rules["b"] = "1"
			}
			if r.IntN(4) == 0 {
				made["c"] = fmt.Sprint(n)
			}
			f.rules, f.made = maps.Clone(rules), maps.Clone(made)
			f.idle["c"] = r.IntN(3) == 0
			for k := range 8 {
				key := fmt.Sprint(k)
				switch r.IntN(6) {
				case 0:
				case 1:
					f.unread[key] = true
				default:
					f.image[key] = true
					for rule := range f.rules {
						if !f.idle[rule] && r.IntN(3) == 0 {
							f.fails[[2]string{rule, key}] = true
						}
					}
				}
			}
			w.run(f, n)
			model = fold(model, f, n)
			if got := w.held(); !maps.Equal(got, model) {
				t.Fatalf("seed %d, run %d:\n got %v\nwant %v", seed, n, got, model)
			}
			for _, o := range model {
				seen[o.state+" "+o.because] = true
			}
		}
	}
	if len(seen) < 10 || !seen["ended rule_changed"] || !seen["open unsettled"] {
		t.Errorf("too little happened: %v", seen)
	}
}
