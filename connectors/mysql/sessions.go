package mysql

import (
	"context"
	"errors"
	"sync"
	"time"

	"guiji/internal/fault"
)

// sessions are a snapshot's connections, which all see its moment. One that breaks is left
// behind; the others go on.
type sessions struct {
	free chan *session // those that nobody uses now
	gone chan struct{} // closed when none is left

	mu     sync.Mutex
	left   int // that live, in use or free
	closed bool
	broke  error // what a read met whose session broke: the reason why none is left
}

func (n *sessions) hold(all []*session) {
	n.free, n.gone, n.left = make(chan *session, len(all)), make(chan struct{}), len(all)
	for _, p := range all {
		n.free <- p
	}
}

var (
	errClosed = errors.New("the snapshot is closed")
	errGone   = errors.New("no session is left")
)

// take waits for a session that nobody uses.
func (n *sessions) take(ctx context.Context) (*session, error) {
	select {
	case p := <-n.free:
		return p, nil
	case <-n.gone:
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.closed {
			return nil, errClosed
		}
		return nil, errGone
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// give gives a session back, or up where it is dead.
func (n *sessions) give(p *session) {
	if p.dead {
		n.drop(p)
		return
	}
	n.free <- p
}

// drop closes a session and frees the source's slot.
func (n *sessions) drop(p *session) {
	p.close()
	<-p.source.slots
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.left--; n.left == 0 {
		close(n.gone)
	}
}

// session takes a session for the snapshot, or tells why there is none.
func (n *snapshot) session(ctx context.Context) (*session, error) {
	p, err := n.take(ctx)
	switch {
	case errors.Is(err, errClosed):
		return nil, fault.New(fault.Internal, "mysql.closed", n.table.name)
	case errors.Is(err, errGone):
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.broke != nil {
			return nil, n.broke // more use to a person than that the snapshot is gone
		}
		return nil, fault.New(fault.Unreachable, "mysql.dead", n.source.settings.Address, n.table.name)
	}
	return p, n.source.explain(err, n.table.name)
}

// Alive asks the sessions that nobody uses whether they still stand; one in use does.
func (n *snapshot) Alive() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var idle []*session
	for more := true; more; {
		select {
		case p := <-n.free:
			idle = append(idle, p)
		default:
			more = false
		}
	}
	var wg sync.WaitGroup
	for _, p := range idle {
		wg.Go(func() {
			p.dead = p.conn.PingContext(ctx) != nil
			n.give(p)
		})
	}
	wg.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.left > 0 && !n.closed
}

// Close waits for the reads that still run, ends the transactions and frees the slots.
func (n *snapshot) Close() error {
	n.mu.Lock()
	first := !n.closed
	n.closed = true
	n.mu.Unlock()
	for first {
		select {
		case p := <-n.free:
			n.drop(p)
		case <-n.gone:
			first = false
		}
	}
	return nil
}
