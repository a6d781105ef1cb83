package notify

import (
	"context"
	"time"

	"guiji/publish/outbox"
)

const (
	folder = "notified/"
	maxTry = 12 // a hook is tried for some hours, ever more rarely
)

// box is the outbox of events.
func (n *Notifier) box() *outbox.Box[Event] {
	return &outbox.Box[Event]{
		Objects: n.Objects, Folder: folder, Owner: n.Owner, Tries: maxTry, Log: n.Log, Now: n.Now,
		Pause: func(tries int) time.Duration { return time.Duration(tries) * outbox.Stale },
		Fits:  func(id string, e Event) bool { return e.ID == id },
	}
}

// Resume sends what was claimed and not sent, by a daemon that died or because a hook
// was out of reach, and forgets what is old. The daemon calls it now and then.
func (n *Notifier) Resume(ctx context.Context) error {
	box := n.box()
	waiting, err := box.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, ent := range waiting {
		if box.GivenUp(ent) || n.Now().Before(box.Next(ent)) {
			continue
		}
		mine, err := box.Take(ctx, ent)
		if err != nil {
			return err
		}
		if mine {
			n.deliver(ctx, box, ent)
		}
	}
	return nil
}
