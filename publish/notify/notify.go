package notify

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/secret"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/publish/outbox"
	"guiji/publish/post"
)

// Notifier tells events to the hooks of a project. Its methods may be called from
// several goroutines.
type Notifier struct {
	Hooks   catalog.Hooks
	Mail    catalog.Mail
	Dir     string       // the project's folder: references and commands start there
	Objects lake.Objects // the outbox is in it
	Post    *post.Client
	Lang    text.Lang
	Zone    *time.Location
	Owner   string // host and process, for the outbox
	Log     *slog.Logger
	Now     func() time.Time
}

// hook is one way to tell, with the name the outbox and the log know it by: its place
// in guiji.yaml, as an address may hold a token.
type hook struct {
	name string
	catalog.Hook
}

// hooksOf are those an event goes to.
func (n *Notifier) hooksOf(kind string) []hook {
	list, name := n.Hooks.OnMissed, "on_missed"
	if kind == Failed {
		list, name = n.Hooks.OnFailure, "on_failure"
	}
	var out []hook
	for i, h := range list {
		out = append(out, hook{fmt.Sprintf("%s[%d]", name, i), h})
	}
	return out
}

// Tell tells an event to every hook that is for it, unless that was done already, by
// whatever daemon. It waits for the hooks. What goes wrong is logged and tried again
// by Resume: a hook never fails a run. Where the outbox is out of reach, as when the
// run failed because the store is, the event goes out all the same.
func (n *Notifier) Tell(ctx context.Context, e Event) {
	hooks := n.hooksOf(e.Kind)
	if len(hooks) == 0 {
		return
	}
	if e.At.IsZero() {
		e.At = n.Now()
	}
	e.Identify()
	var names []string
	for _, h := range hooks {
		names = append(names, h.name)
	}
	box := n.box()
	ent, err := box.Add(ctx, e.ID, e, names, true)
	switch {
	case err != nil:
		n.Log.Warn("the outbox is out of reach: an event may be told twice", "event", e.ID, "error", err.Error())
		n.deliver(ctx, box, &outbox.Entry[Event]{Event: e, Pending: names, ID: e.ID})
	case ent != nil:
		n.deliver(ctx, box, ent)
	}
}

// deliver tells the pending hooks of an entry. A hook that is no longer in the project
// is forgotten.
func (n *Notifier) deliver(ctx context.Context, box *outbox.Box[Event], ent *outbox.Entry[Event]) {
	hooks := map[string]hook{}
	for _, h := range n.hooksOf(ent.Event.Kind) {
		hooks[h.name] = h
	}
	box.Send(ctx, ent, func(ctx context.Context, step string) error {
		h, ok := hooks[step]
		if !ok {
			return outbox.ErrGone
		}
		return n.send(ctx, h, ent.Event)
	})
}

func (n *Notifier) send(ctx context.Context, h hook, e Event) error {
	switch {
	case len(h.Command) > 0:
		return n.command(ctx, h, e)
	case h.Webhook != "":
		address, err := secret.Expand(h.Webhook, n.Dir)
		if err != nil {
			return err
		}
		b, err := encode(e)
		if err != nil {
			return err
		}
		return n.Post.JSON(ctx, secret.Secret(strings.TrimSpace(address)), b)
	default:
		return n.mail(ctx, h.Hook.Mail, e)
	}
}
