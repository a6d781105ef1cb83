package simulation

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// world is one play: everything that is not a life's own. Only its driver changes it,
// while all lives wait.
type world struct {
	seed    uint64
	rng     *rand.Rand
	bug     bug
	dir     string
	objects map[string]object
	etags   int
	tables  map[string]*table
	lives   []*life
	born    int
	delayed []*op // puts and deletes that were given up and are still on their way
	calm    bool  // nothing goes wrong any more
	closing bool
	all     sync.WaitGroup

	mu      sync.Mutex
	waiting []*op
	turn    int // how often the driver has looked
	closed  chan struct{}

	trace    []string
	wrong    []string
	last     *lake.Release // of the chain
	lastBody []byte
	slots    map[string]uint64
	claims   []claim
	leases   map[string]leaseState
	rewrites map[lake.Rewrite]bool // that releases speak of
	project  *catalog.Project      // of the daemons; nil: lives run by themselves
	runners  int                   // machines that run pipelines; the others collect garbage
	counts   map[string]int
}

// pipelines and what they collect; the tables share one chain.
func pipelineTables() map[string]string { return map[string]string{"nightly": "res", "hourly": "full"} }

func newWorld(seed uint64, b bug, dir string) *world {
	w := &world{
		seed: seed, rng: rand.New(rand.NewPCG(seed, 0x6775696a69)), bug: b, dir: dir,
		objects: map[string]object{}, tables: map[string]*table{}, slots: map[string]uint64{}, leases: map[string]leaseState{},
		closed: make(chan struct{}), counts: map[string]int{}, rewrites: map[lake.Rewrite]bool{},
	}
	for _, t := range pipelineTables() {
		w.tables[t] = &table{now: image{}}
	}
	return w
}

func (w *world) tell(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%7.3fs ", time.Since(epoch()).Seconds())+fmt.Sprintf(format, args...))
}

// epoch is when a bubble's clock begins.
func epoch() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// violated notes that a promise was broken.
func (w *world) violated(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
	w.tell("VIOLATED "+format, args...)
}

// ask hands a call to the driver.
func (w *world) ask(o *op) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o.turn = w.turn
	w.waiting = append(w.waiting, o)
}

// pending are the calls that wait to be decided, in an order that follows from the
// seed alone.
func (w *world) pending() []*op {
	return slices.DeleteFunc(w.asked(), func(o *op) bool { return o.by.frozen() && !w.calm })
}

// asked are all calls that wait, in order.
func (w *world) asked() []*op {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	slices.SortFunc(w.waiting, func(a, b *op) int {
		return cmp.Or(cmp.Compare(a.by.number, b.by.number), cmp.Compare(a.turn, b.turn), strings.Compare(a.role, b.role), strings.Compare(a.kind+a.key, b.kind+b.key))
	})
	return slices.Clone(w.waiting)
}

func (w *world) answer(o *op) {
	w.mu.Lock()
	w.waiting = slices.DeleteFunc(w.waiting, func(p *op) bool { return p == o })
	w.mu.Unlock()
	close(o.done)
}

// play runs one schedule of so many steps in a bubble of its own, and returns what
// went wrong.
func play(t *testing.T, seed uint64, b bug, dir string) (w *world) {
	synctest.Test(t, func(*testing.T) {
		w = newWorld(seed, b, dir)
		if w.rng.IntN(2) == 0 {
			w.project = schedules()
		}
		w.runners = 2 + w.rng.IntN(3)
		for i := range w.runners + w.rng.IntN(3) {
			w.start(i)
		}
		for range 80 + w.rng.IntN(160) {
			if w.step(); len(w.wrong) > 0 {
				break
			}
		}
		w.end()
	})
	return w
}

// step is one thing that happens.
func (w *world) step() {
	ops := w.pending()
	switch r := w.rng.IntN(100); {
	case r < 5:
		w.tables[[]string{"res", "full"}[w.rng.IntN(2)]].write(w)
	case r < 8 && len(w.delayed) > 0:
		w.arrive(w.rng.IntN(len(w.delayed)))
	case r < 10:
		w.kill()
	case r < 11 && w.rng.IntN(6) == 0:
		w.night()
	case r < 12:
		l := w.lives[w.rng.IntN(len(w.lives))]
		l.freeze(time.Duration(1+w.rng.IntN(40)) * time.Second)
		w.tell("%s is stopped", l.name)
	case r < 13:
		l := w.lives[w.rng.IntN(len(w.lives))]
		l.skew.Store(int64([]time.Duration{0, 7 * time.Second, -7 * time.Second, time.Hour, -time.Hour}[w.rng.IntN(5)]))
		w.tell("the clock of %s is off by %s", l.name, time.Duration(l.skew.Load()))
	case r < 25 || len(ops) == 0:
		w.advance(time.Duration(1+w.rng.IntN(8)) * time.Second)
	default:
		w.decide(ops[w.rng.IntN(len(ops))])
	}
}

// advance lets time go by in whole seconds: longer than any pause between two tries
// of a call, so that who wakes does not hang on those pauses' jitter.
func (w *world) advance(d time.Duration) {
	for _, t := range w.tables {
		t.settle(d)
	}
	time.Sleep(d)
}

// decide lets one call happen, or go wrong in one of the ways calls do.
func (w *world) decide(o *op) {
	fate := "done"
	if r := w.rng.IntN(100); !w.calm && r < 26 {
		fate = fates()[o.kind][w.rng.IntN(len(fates()[o.kind]))]
	}
	w.counts[fate]++
	switch fate {
	case "done":
		w.apply(o)
	case "unreachable": // before anything was sent
		o.err = unreachable()
	case "lost": // it happened, and nobody was told
		w.apply(o)
		o.err = unknown()
	case "dropped": // it never happened, and nobody knows
		o.err = unknown()
	case "repeated": // sent twice under way: the second meets the first
		w.apply(o)
		if o.err == nil && (o.cond != lake.Condition{}) {
			o.err = lake.ErrConflict
		}
	case "delayed":
		late := *o
		w.delayed = append(w.delayed, &late)
		if o.err = unknown(); o.kind == "delete" {
			o.err = unreachable()
		}
	case "cut":
		w.apply(o)
		o.cut = w.rng.IntN(20)
	}
	w.tell("%s: %s %v", o, fate, kindOf(o.err))
	w.answer(o)
}

// fates are the ways a call can go wrong.
func fates() map[string][]string {
	return map[string][]string{
		"put": {"unreachable", "lost", "lost", "dropped", "repeated", "delayed", "delayed"}, "get": {"unreachable", "cut"},
		"head": {"unreachable"}, "list": {"unreachable"}, "delete": {"unreachable", "delayed"}, "snapshot": {"unreachable"},
	}
}

// arrive delivers what was under way for long.
func (w *world) arrive(i int) {
	o := w.delayed[i]
	w.delayed = slices.Delete(w.delayed, i, i+1)
	o.err = nil
	w.apply(o)
	w.tell("%s arrives late: %v", o, kindOf(o.err))
}

// end lets everything come to rest, and looks at what is there.
func (w *world) end() {
	synctest.Wait()
	w.calm, w.closing = true, true
	close(w.closed)
	w.tell("from now on nothing goes wrong")
	w.rest()
	for len(w.delayed) > 0 {
		w.arrive(w.rng.IntN(len(w.delayed)))
	}
	if len(w.wrong) == 0 {
		w.finish()
	}
	for _, l := range w.lives { // whoever still runs has been told of a violation
		l.dead.Store(true)
	}
	for range 1000 {
		ops := w.pending()
		for _, o := range ops {
			w.answer(o)
		}
		if len(ops) == 0 {
			break
		}
	}
	w.all.Wait()
	if len(w.wrong) == 0 {
		w.judge()
	}
}

// rest decides calls until nobody waits for any.
func (w *world) rest() {
	idle := 0
	for range 20_000 {
		ops := w.pending()
		if len(ops) == 0 {
			if idle++; idle > 120 {
				return
			}
			w.advance(time.Second)
			continue
		}
		idle = 0
		w.decide(ops[w.rng.IntN(len(ops))])
	}
	w.violated("it does not come to an end")
}

// finish runs each pipeline once more, undisturbed, over a source at rest.
func (w *world) finish() {
	for _, t := range w.tables {
		t.settle(24 * time.Hour)
	}
	w.advance(2 * time.Minute) // beyond any lease that was left
	for _, p := range []string{"hourly", "nightly", "care"} {
		l := w.live("final-" + p)
		w.all.Go(func() {
			if p == "care" {
				l.finalCare()
			} else {
				l.finalRun(p)
			}
		})
		w.rest()
		if !l.landed {
			w.violated("the last run of %s did not come to its end: %v", p, l.err)
		}
	}
}
