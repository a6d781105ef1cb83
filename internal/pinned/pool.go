// Package pinned keeps the connections of one snapshot: they all see its moment, each
// is used by one reader at a time, and one that breaks is left behind while the others
// go on. Connectors of servers import it.
package pinned

import (
	"context"
	"sync"
	"time"

	"guiji/internal/fault"
)

// Conn is a connection that holds a snapshot's moment.
type Conn interface {
	// Broken reports whether nothing can be read over it any more.
	Broken() bool
	// Ask asks the server whether the connection still stands; where it does not,
	// it is Broken afterwards.
	Ask(ctx context.Context)
	// Leave ends the transaction, closes the connection and frees what it took of the source.
	Leave()
}

// patience is how long a server may take to answer Ask.
const patience = 2 * time.Second

// Pool is the connections of a snapshot. Its methods may be called from several goroutines.
type Pool[C Conn] struct {
	place, table string        // as errors name them
	free         chan C        // those that nobody uses now
	gone         chan struct{} // closed when none is left

	mu     sync.Mutex
	left   int // that live, in use or free
	closed bool
	broke  error // what was met when one broke
}

// New holds connections that see one moment of a table at a place.
func New[C Conn](place, table string, all []C) *Pool[C] {
	p := &Pool[C]{place: place, table: table, free: make(chan C, len(all)), gone: make(chan struct{}), left: len(all)}
	for _, c := range all {
		p.free <- c
	}
	return p
}

// Take waits for a connection that nobody uses. Where none is left the error is what
// broke the last one, which is of more use to a person than that it is gone; else of kind
// fault.Unreachable, of kind fault.Internal if the pool was closed, or ctx's.
func (p *Pool[C]) Take(ctx context.Context) (c C, err error) {
	select {
	case c := <-p.free:
		return c, nil
	case <-p.gone:
		p.mu.Lock()
		defer p.mu.Unlock()
		switch {
		case p.closed:
			return c, fault.New(fault.Internal, "pinned.closed", p.table)
		case p.broke != nil:
			return c, p.broke
		}
		return c, fault.New(fault.Unreachable, "pinned.gone", p.place, p.table)
	case <-ctx.Done():
		return c, ctx.Err()
	}
}

// Give gives a connection back, or up where it is broken; err is what its use met.
func (p *Pool[C]) Give(c C, err error) {
	if !c.Broken() {
		p.free <- c
		return
	}
	c.Leave()
	p.mu.Lock()
	defer p.mu.Unlock()
	if fault.KindOf(err) == fault.Unreachable { // a sink that refused broke the connection, too
		p.broke = err
	}
	p.lose()
}

func (p *Pool[C]) lose() {
	if p.left--; p.left == 0 {
		close(p.gone)
	}
}

// Alive asks the connections that nobody uses whether they still stand; one in use does.
func (p *Pool[C]) Alive() bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var idle []C
	for more := true; more; {
		select {
		case c := <-p.free:
			idle = append(idle, c)
		default:
			more = false
		}
	}
	var wg sync.WaitGroup
	for _, c := range idle {
		wg.Go(func() {
			c.Ask(ctx)
			p.Give(c, nil)
		})
	}
	wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left > 0 && !p.closed
}

// Close waits for those in use and leaves all. It is safe to call twice.
func (p *Pool[C]) Close() error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.mu.Unlock()
	for first {
		select {
		case c := <-p.free:
			c.Leave()
			p.mu.Lock()
			p.lose()
			p.mu.Unlock()
		case <-p.gone:
			first = false
		}
	}
	return nil
}
