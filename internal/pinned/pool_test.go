package pinned_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/pinned"
)

type conn struct{ broken, left bool }

func (c *conn) Broken() bool        { return c.broken }
func (c *conn) Ask(context.Context) {}
func (c *conn) Leave()              { c.left = true }

// One that breaks is left, the others go on; with the last the pool is gone and says why.
func TestBrokenOnesAreLeft(t *testing.T) {
	a, b := &conn{}, &conn{}
	p := pinned.New("here", "t", []*conn{a, b})
	one, err := p.Take(t.Context())
	if err != nil || one != a {
		t.Fatal(one, err)
	}
	a.broken = true
	p.Give(a, errors.New("a sink's"))
	if !a.left || b.left || !p.Alive() {
		t.Error("the broken one stays, or the other went")
	}
	two, err := p.Take(t.Context())
	if err != nil || two != b {
		t.Fatal(two, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("took one that is in use: %v", err)
	}
	b.broken = true
	cut := fault.New(fault.Unreachable, "mysql.busy", "")
	p.Give(b, cut)
	if _, err := p.Take(t.Context()); err != error(cut) || p.Alive() {
		t.Errorf("a pool without connections: %v", err)
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	if _, err := p.Take(t.Context()); fault.KindOf(err) != fault.Internal || err == nil {
		t.Errorf("a closed pool: %v", err)
	}
}
