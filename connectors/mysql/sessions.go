package mysql

import (
	"context"
	"errors"

	"guiji/internal/fault"
	"guiji/internal/pinned"
)

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
	switch {
	case errors.Is(err, pinned.ErrClosed):
		return nil, fault.New(fault.Internal, "mysql.closed", n.table.name)
	case errors.Is(err, pinned.ErrGone):
		return nil, fault.New(fault.Unreachable, "mysql.dead", n.source.settings.Address, n.table.name)
	case fault.KindOf(err) == fault.Unreachable: // what broke the last one
		return nil, err
	}
	return p, n.source.explain(err, n.table.name)
}
