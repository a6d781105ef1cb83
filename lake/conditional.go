package lake

import (
	"bytes"
	"context"
	"strings"
)

// Conditional tries on the lease itself whether the store keeps the conditions of a Put,
// and leaves it as it is: two puts that must be refused. The error is of kind
// fault.Config if one is taken. A store that cannot be asked is not judged: what comes
// next will say so.
func (l *Lease) Conditional(ctx context.Context) error {
	b, err := encode(l.held)
	if err != nil {
		return err
	}
	for _, never := range []Condition{{Absent: true}, {ETag: strings.Repeat("0", 32)}} {
		if _, err := l.objs.Put(ctx, l.key, bytes.NewReader(b), int64(len(b)), never); err == nil {
			return ignored(nil)
		}
	}
	return nil
}
