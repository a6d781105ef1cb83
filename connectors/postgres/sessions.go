package postgres

import (
	"context"
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
}

func (n *sessions) hold(all []*session) {
	n.free, n.gone, n.left = make(chan *session, len(all)), make(chan struct{}), len(all)
	for _, p := range all {
		n.free <- p
	}
}

// session takes a session that nobody uses, or tells why there is none.
func (n *snapshot) session(ctx context.Context) (*session, error) {
	select {
	case p := <-n.free:
		return p, nil
	case <-n.gone:
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.closed {
			return nil, fault.New(fault.Internal, "postgres.closed", n.table.name)
		}
		return nil, fault.New(fault.Unreachable, "postgres.dead", n.source.settings.Address, n.table.name)
	case <-ctx.Done():
		return nil, n.source.explain(ctx.Err(), n.table.name)
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
			_, err := p.ask(ctx, "SELECT 1")
			p.dead = err != nil
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

// leave closes sessions that no snapshot holds, and frees their slots.
func (s *Source) leave(all []*session) {
	for _, p := range all {
		p.close()
		<-s.slots
	}
}

// one waits for a slot and opens a session on it.
func (s *Source) one(ctx context.Context) (*session, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, s.explain(ctx.Err())
	}
	p, err := s.pin(ctx)
	if err != nil {
		<-s.slots
	}
	return p, err
}

// more takes the slots that are free now, as many as wanted at most.
func (s *Source) more(ctx context.Context, wanted int) []*session {
	var out []*session
	for len(out) < wanted {
		select {
		case s.slots <- struct{}{}:
		default:
			return out
		}
		p, err := s.pin(ctx)
		if err != nil { // the server may have no connection left for us: one is enough
			<-s.slots
			return out
		}
		out = append(out, p)
	}
	return out
}
