package mysql

import "context"

// Broken reports whether nothing can be read over the session any more.
func (p *session) Broken() bool { return p.dead }

// Ask asks the server whether the session still stands.
func (p *session) Ask(ctx context.Context) { p.dead = p.conn.PingContext(ctx) != nil }

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
