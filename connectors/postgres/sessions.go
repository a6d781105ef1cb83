package postgres

import "context"

// Broken reports whether nothing can be read over the session any more.
func (p *session) Broken() bool { return p.dead }

// Ask asks the server whether the session still stands.
func (p *session) Ask(ctx context.Context) {
	_, err := p.ask(ctx, "SELECT 1")
	p.dead = err != nil
}

// Leave closes the session and frees the source's slot.
func (p *session) Leave() {
	p.close()
	<-p.source.slots
}

// session takes a session for the snapshot, or tells why there is none.
func (n *snapshot) session(ctx context.Context) (*session, error) {
	p, err := n.Take(ctx)
	return p, n.source.explain(err, n.table.name)
}

// leave closes sessions that no snapshot holds, and frees their slots.
func (s *Source) leave(all []*session) {
	for _, p := range all {
		p.Leave()
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
