package mysql

import (
	"context"
	"strings"

	"guiji/connectors"
	"guiji/internal/fault"
)

// ReadKeys streams the declared key of every row of the snapshot's moment. The rows come as
// the server likes: it walks the smallest index that holds the key.
func (n *snapshot) ReadKeys(ctx context.Context, sink connectors.Sink) error {
	if len(n.request.Key) == 0 {
		return fault.New(fault.Internal, "mysql.keys.none", n.table.name)
	}
	keys, err := n.choose(n.request.Key)
	if err != nil {
		return err
	}
	return n.stream(ctx, keys.list()+" FROM "+quote(n.table.name), &reader{snapshot: n, selection: keys, part: connectors.Part{ID: "keys"}, sink: sink})
}

// list is SELECT and the columns, as the forms want them.
func (s *selection) list() string {
	var q strings.Builder
	q.WriteString("SELECT ")
	for i, c := range s.columns {
		if i > 0 {
			q.WriteString(", ")
		}
		name := quote(c.name)
		if s.forms[i].expr != nil {
			name = s.forms[i].expr(name)
		}
		q.WriteString(name)
	}
	return q.String()
}
