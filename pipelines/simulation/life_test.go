package simulation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// leaseTTL is how long leases last: frozen lives outlive theirs.
const leaseTTL = 9 * time.Second

// life is one process, from its start until it is killed.
type life struct {
	world  *world
	name   string
	number int
	rng    *rand.Rand // its own, so that others do not hang on it
	objs   lake.Objects
	dead   atomic.Bool
	skew   atomic.Int64 // of its clock, ns
	until  atomic.Int64 // it is stopped until then, ns since the epoch
	landed bool         // the last run did
	err    error        // of the last run
}

func (w *world) live(name string) *life {
	w.born++
	l := &life{world: w, name: name, number: w.born, rng: rand.New(rand.NewPCG(w.seed, uint64(w.born)))}
	l.objs = w.bug.store(handle{l})
	w.lives = append(w.lives, l)
	return l
}

// start begins the life of machine i.
func (w *world) start(i int) {
	l := w.live(fmt.Sprintf("m%d.%d", i, w.born))
	w.tell("%s starts", l.name)
	switch {
	case i >= w.runners:
		w.all.Go(l.care)
	case w.project != nil:
		w.all.Go(l.serve)
	default:
		w.all.Go(l.main)
	}
}

// kill ends a life at whatever it does, and begins its machine's next one.
func (w *world) kill() {
	i := w.rng.IntN(len(w.lives))
	old := w.lives[i]
	old.dead.Store(true)
	w.tell("%s is killed", old.name)
	for _, o := range w.asked() {
		if o.by == old { // sent and never heard of, or never sent
			if o.kind == "put" && w.rng.IntN(2) == 0 {
				late := *o
				w.delayed = append(w.delayed, &late)
			}
			w.answer(o)
		}
	}
	w.start(i)
	w.lives[i] = w.lives[len(w.lives)-1] // in its machine's place
	w.lives = w.lives[:len(w.lives)-1]
}

func (l *life) freeze(d time.Duration) { l.until.Store(int64(time.Since(epoch()) + d)) }

func (l *life) frozen() bool { return int64(time.Since(epoch())) < l.until.Load() }

// main runs pipelines by the clock until the world ends.
func (l *life) main() {
	for !l.over() {
		for _, p := range []string{"nightly", "hourly"} {
			slot := fmt.Sprintf("%s@%d", p, int(time.Since(epoch())/(40*time.Second)))
			l.err = l.run(context.Background(), p, slot)
		}
		l.rest(time.Duration(1+l.rng.IntN(15)) * time.Second)
	}
}

func (l *life) over() bool {
	select {
	case <-l.world.closed:
		return true
	default:
		return false
	}
}

// rest sleeps for whole seconds, as the world's clock goes.
func (l *life) rest(d time.Duration) {
	select {
	case <-l.world.closed:
	case <-time.After(d):
	}
}

// finalRun lands what the source holds at the end.
func (l *life) finalRun(pipeline string) {
	for range 20 {
		if l.err = l.run(context.Background(), pipeline, pipeline+"@last"); l.err == nil {
			l.landed = true
			return
		}
		time.Sleep(10 * time.Second) // a lease that a killed life left
	}
}

// run does what pipelines.Runner does around its stages: lease, head, slot, work.
func (l *life) run(ctx context.Context, pipeline, slot string) error {
	lease, err := lake.Acquire(ctx, l.objs, pipeline, l.name, leaseTTL)
	if err != nil {
		return err
	}
	held, stop := context.WithCancel(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(context.WithValue(held, roleKey{}, roleOf(ctx)+" renew"), stop, lease)
	}()
	err = l.stages(held, pipeline, slot, lease.Generation())
	stop()
	<-renewed
	rerr := lease.Release(ctx)
	if rerr == nil {
		l.world.returned(pipeline, l, lease.Generation())
	}
	if err == nil {
		err = rerr
	}
	return err
}

// renew keeps a lease, and ends the run that lost it.
func (l *life) renew(ctx context.Context, stop func(), lease *lake.Lease) {
	tick := time.NewTicker(leaseTTL / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return
		}
		if err := lease.Renew(ctx); err != nil && time.Now().After(lease.Expiry()) {
			stop()
			return
		}
	}
}

// stages pulls, merges, stages and commits, and rebases where another was faster.
func (l *life) stages(ctx context.Context, pipeline, slot string, generation int64) error {
	chain := lake.NewChain(l.objs)
	head, err := chain.Head(ctx)
	if err != nil || head != nil && taken(head, slot) {
		return err
	}
	work, err := l.pull(ctx, head, pipelineTables()[pipeline])
	if err != nil {
		return err
	}
	seen := head
	for range 5 {
		rel := l.compose(seen, work, pipeline, slot, generation)
		err := l.commit(ctx, chain, rel)
		if err == nil || !errors.Is(err, lake.ErrConflict) {
			l.afterwards(err, work)
			return err
		}
		if seen, err = chain.Head(ctx); err != nil {
			return err
		}
		if overtaken(head, seen, work.table) && !l.world.bug.blind {
			return fault.New(fault.Locked, "pipeline.overtaken", work.table, seen.Version)
		}
	}
	return fault.New(fault.Unreachable, "pipeline.rebases", 5)
}

// overtaken tells whether a table changed between two releases.
func overtaken(was, now *lake.Release, table string) bool {
	before := uint64(0)
	if was != nil {
		before = was.Resources[table].Since
	}
	return now.Resources[table].Since != before
}

// commit keeps what the chain says of each commit, to be held against what is there.
func (l *life) commit(ctx context.Context, chain *lake.Chain, rel *lake.Release) error {
	err := chain.Commit(ctx, rel)
	l.world.claimed(claim{rel.Version, rel.Nonce, err})
	return err
}

// afterwards is where a life with a bug takes "unknown" for "failed".
func (l *life) afterwards(err error, work *pulled) {
	if err != nil && l.world.bug.rash {
		_ = l.objs.Delete(context.Background(), work.file.Key)
	}
}

// skewed is a lease as a process reads and writes it whose clock is off: the protocol
// meets clocks in leases alone.
func (l *life) skewed(key string, b []byte, sign int) []byte {
	skew := time.Duration(l.skew.Load()) * time.Duration(sign)
	if skew == 0 || filepath.Dir(key) != "lease" {
		return b
	}
	return expiryForm().ReplaceAllFunc(b, func(m []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, string(bytes.TrimSuffix(bytes.TrimPrefix(m, []byte(`"expiry":"`)), []byte(`"`))))
		if err != nil {
			return m
		}
		return []byte(`"expiry":"` + at.Add(skew).Format(time.RFC3339Nano) + `"`)
	})
}

func expiryForm() *regexp.Regexp { return regexp.MustCompile(`"expiry":"[^"]*"`) }

// stage uploads an image as a file of this attempt.
func (l *life) stage(ctx context.Context, table, slot string, im image) (lake.File, error) {
	name := fmt.Sprintf("%s-%d", l.name, l.rng.Uint32())
	path := filepath.Join(l.world.dir, name)
	if err := os.WriteFile(path, im.bytes(), 0o600); err != nil {
		return lake.File{}, err
	}
	defer os.Remove(path)
	return lake.Upload(ctx, l.objs, fmt.Sprintf("data/standard/%s/%s/%s/00000.parquet", table, slot, name), path, int64(len(im)))
}
