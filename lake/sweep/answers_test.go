package sweep_test

import (
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/sweep"
)

// deaf is a store whose answers to puts get lost, at random: the put happened, or not.
type deaf struct {
	lake.Objects
	rng *rand.Rand
}

func (d *deaf) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if d.rng.IntN(3) > 0 || strings.HasPrefix(key, "data/") || strings.HasPrefix(key, "lease/") {
		return d.Objects.Put(ctx, key, body, size, cond)
	}
	if d.rng.IntN(2) == 0 {
		if _, err := d.Objects.Put(ctx, key, body, size, cond); err != nil {
			return lake.Object{}, err
		}
	}
	return lake.Object{}, fault.New(fault.Unknown, "lake.s3.unknown", "test")
}

// Whatever answers are lost, gc never leaves damage, and comes to its end when it is
// run again.
func TestGCWithLostAnswers(t *testing.T) {
	rules := catalog.Retention{Last: 2, Daily: 2, Monthly: 1, Orphans: time.Hour}
	for seed := range uint64(proof.Of(40, 2)) {
		w := newWorld(t)
		for i := range 8 {
			w.land([]string{"a/x", "a/y"}[i%2], start.AddDate(0, 0, i))
		}
		d := &deaf{w.objs, rand.New(rand.NewPCG(seed, 5))}
		for try := 0; ; try++ {
			in := w.input(d, rules, start.AddDate(0, 0, 8), "a/x")
			in.Chain.Patience = 2 * time.Second
			_, err := sweep.Collect(t.Context(), in)
			if damage, _ := w.problems(); len(damage) > 0 {
				t.Fatalf("seed %d, try %d: %+v", seed, try, damage)
			}
			if err == nil {
				break
			}
			if k := fault.KindOf(err); k != fault.Unknown && k != fault.Unreachable || try == 30 {
				t.Fatalf("seed %d, try %d: %v", seed, try, err)
			}
		}
		if rep := w.collect(w.input(w.objs, rules, start.AddDate(0, 0, 8), "a/x")); rep.Release != 0 {
			t.Errorf("seed %d: there was still something to do: %+v", seed, rep)
		}
		for o := range w.objs.List(t.Context(), "data/standard/a/x/") {
			t.Errorf("seed %d: %s is still there", seed, o.Key)
		}
	}
}
