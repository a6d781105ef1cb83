package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

const (
	folder  = "notified/"
	stale   = 5 * time.Minute     // a claim of that age was left by somebody who died, or failed
	maxTry  = 12                  // a hook is tried for some hours, ever more rarely
	forget  = 90 * 24 * time.Hour // an entry that old is removed
	maxSize = 1 << 20
)

// entry is one event's in the outbox: notified/<id>.json. It is made by
// create-if-absent and changed by compare-and-swap, so that one daemon sends.
type entry struct {
	Event   Event     `json:"event"`
	Owner   string    `json:"owner"`
	Claimed time.Time `json:"claimed"`
	Tries   int       `json:"tries"`
	Pending []string  `json:"pending"` // hooks that have not taken it
	Done    []string  `json:"done"`
}

// claim makes the entry of an event. It is nil, without an error, if the event is
// told already or by another.
func (n *Notifier) claim(ctx context.Context, e Event, hooks []string) (*entry, string, error) {
	ent := &entry{Event: e, Owner: n.Owner, Claimed: n.Now(), Tries: 1, Pending: hooks, Done: []string{}}
	etag, err := n.put(ctx, ent, lake.Condition{Absent: true})
	if errors.Is(err, lake.ErrConflict) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return ent, etag, nil
}

// put writes an entry under a condition. After an unclear answer the object tells.
func (n *Notifier) put(ctx context.Context, ent *entry, cond lake.Condition) (etag string, err error) {
	b, err := json.Marshal(ent)
	if err != nil {
		return "", fmt.Errorf("encode the event %s: %w", ent.Event.ID, err)
	}
	key := folder + ent.Event.ID + ".json"
	o, err := n.Objects.Put(ctx, key, bytes.NewReader(b), int64(len(b)), cond)
	if fault.KindOf(err) == fault.Unknown {
		if now, at, rerr := n.read(ctx, key); rerr == nil && bytes.Equal(now, b) {
			return at.ETag, nil
		} else if rerr == nil {
			return "", lake.ErrConflict
		}
	}
	return o.ETag, err
}

func (n *Notifier) read(ctx context.Context, key string) ([]byte, lake.Object, error) {
	body, o, err := n.Objects.Get(ctx, key)
	if err != nil {
		return nil, o, err
	}
	b, err := io.ReadAll(io.LimitReader(body, maxSize))
	return b, o, errors.Join(err, body.Close())
}

// Resume sends what was claimed and not sent, by a daemon that died or because a hook
// was out of reach, and forgets what is old. The daemon calls it now and then.
func (n *Notifier) Resume(ctx context.Context) error {
	for o, err := range n.Objects.List(ctx, folder) {
		if err != nil {
			return fmt.Errorf("list the outbox: %w", err)
		}
		age := n.Now().Sub(o.Modified)
		switch {
		case age > forget:
			if err := n.Objects.Delete(ctx, o.Key); err != nil {
				return fmt.Errorf("forget %s: %w", o.Key, err)
			}
		case age > stale:
			if err := n.again(ctx, o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// again takes a stale entry over, if it has hooks left, and sends to those.
func (n *Notifier) again(ctx context.Context, key string) error {
	b, o, err := n.read(ctx, key)
	if errors.Is(err, lake.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	ent := &entry{}
	if json.Unmarshal(b, ent) != nil || ent.Event.ID == "" || folder+ent.Event.ID+".json" != key {
		n.Log.Warn("rubbish in the outbox", "key", key)
		return nil
	}
	if len(ent.Pending) == 0 || ent.Tries >= maxTry || n.Now().Sub(ent.Claimed) < time.Duration(ent.Tries)*stale {
		return nil
	}
	ent.Owner, ent.Claimed, ent.Tries = n.Owner, n.Now(), ent.Tries+1
	etag, err := n.put(ctx, ent, lake.Condition{ETag: o.ETag})
	if errors.Is(err, lake.ErrConflict) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over %s: %w", key, err)
	}
	n.deliver(ctx, ent)
	_, err = n.put(ctx, ent, lake.Condition{ETag: etag})
	return err
}
