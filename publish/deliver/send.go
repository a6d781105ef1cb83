package deliver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/fault"
	"guiji/publish/outbox"
)

// Send sends what waits in the outbox and is due: nothing in quiet hours. What goes wrong
// is kept in the outbox and logged; an error is that the outbox itself cannot be used.
func (d *Deliverer) Send(ctx context.Context) error {
	return d.send(ctx, func(e *outbox.Entry[Message]) bool {
		return !d.box.GivenUp(e) && !d.Now().Before(d.box.Next(e))
	})
}

// SendNow is Send as a person asks for it: what failed is tried again at once, what was
// given up too. To one department alone where it is named.
func (d *Deliverer) SendNow(ctx context.Context, department string) error {
	return d.send(ctx, func(e *outbox.Entry[Message]) bool {
		return (department == "" || e.Event.To == department) && (!d.Now().Before(d.box.Next(e)) || !e.Busy(d.Now()))
	})
}

func (d *Deliverer) send(ctx context.Context, due func(e *outbox.Entry[Message]) bool) (err error) {
	defer func() { err = errors.Join(err, d.shelf.clear()) }()
	if until, yes := d.quiet(d.Now()); yes {
		d.Log.Info("quiet: nothing is delivered", "until", until)
		return nil
	}
	waiting, err := d.waiting(ctx)
	if err != nil {
		return err
	}
	r := &round{Deliverer: d, down: map[string]error{}}
	for _, e := range waiting {
		if _, yes := d.quiet(d.Now()); yes || ctx.Err() != nil {
			return nil //nolint:nilerr // what is left waits for the next round
		}
		if !due(e) {
			continue
		}
		mine, err := d.box.Take(ctx, e)
		if err != nil {
			return err
		}
		if mine {
			r.entry(ctx, e)
		}
	}
	return nil
}

// round is one going through the outbox: a server found out of reach is not asked again
// for each message.
type round struct {
	*Deliverer
	down map[string]error
}

func (r *round) entry(ctx context.Context, e *outbox.Entry[Message]) {
	ways := map[string]target{}
	file := ""
	for _, t := range r.targets(e.Event.To, len(e.Event.Files) > 0) {
		ways[t.step] = t
		if t.role == roleFile {
			file = t.step
		}
	}
	replace(e, ways)
	r.box.Send(ctx, e, func(ctx context.Context, step string) error {
		t, ok := ways[step]
		if !ok {
			return outbox.ErrGone
		}
		server := t.way.kind()
		if server != "mail" {
			server += " " + t.way.where()
		}
		if err := r.down[server]; err != nil {
			return err
		}
		err := r.step(ctx, e, t, file)
		if unreachable(err) {
			r.down[server] = err
		}
		return err
	})
	if !e.Open() && r.tells(e.Event) {
		if err := r.forget(e.ID); err != nil {
			r.Log.Warn("a password that was told is still kept", "event", e.ID, "error", err.Error())
		}
	}
}

// replace puts the ways that the project has now beside pending ones that it has no more:
// an address that was mended gets what the wrong one did not take. A password comes last.
func replace(e *outbox.Entry[Message], ways map[string]target) {
	if !slices.ContainsFunc(e.Pending, func(step string) bool { _, ok := ways[step]; return !ok }) {
		return
	}
	for _, step := range slices.Sorted(maps.Keys(ways)) {
		if !e.IsDone(step) {
			e.Again(step)
		}
	}
	slices.SortStableFunc(e.Pending, func(a, b string) int {
		return strings.Compare(strings.TrimPrefix(ways[a].role, roleFile), strings.TrimPrefix(ways[b].role, roleFile))
	})
}

// tells reports whether the password of a message's attachments goes by a channel.
func (d *Deliverer) tells(m Message) bool {
	return slices.ContainsFunc(d.targets(m.To, len(m.Files) > 0), func(t target) bool { return t.role == rolePassword })
}

// unreachable tells that a server did not answer at all.
func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Key == "publish.mail.unreachable" || f.Key == "publish.unreachable")
}

// step takes one way of a message.
func (r *round) step(ctx context.Context, e *outbox.Entry[Message], t target, file string) error {
	switch t.role {
	case roleFile:
		return r.sendFiles(ctx, e.Event, t)
	case rolePassword:
		return r.sendPassword(ctx, e, t, file)
	}
	s, err := r.compose(e.Event, t)
	if err != nil {
		return err
	}
	return t.way.send(ctx, r.Deliverer, s)
}

// compose is a message as it goes one way.
func (d *Deliverer) compose(m Message, t target) (said, error) {
	f := d.fields(m)
	f.Short = t.way.short()
	f.Attached = t.role == roleFile
	kind := m.Kind
	if t.role == rolePassword {
		kind = OfSecret
		f.Kind = string(OfSecret)
	}
	subject, body, err := d.texts.say(kind, f)
	return said{fields: f, subject: subject, text: body, id: strings.ReplaceAll(m.ID, "/", ".") + "." + t.step, at: m.At}, err
}

// sendFiles sends a report's files to their owner, encrypted, once the audit chain has it.
func (r *round) sendFiles(ctx context.Context, m Message, t target) error {
	s, err := r.compose(m, t)
	if err != nil {
		return err
	}
	dir, back, err := r.shelf.take(ctx, m.Release, m.To)
	if err != nil {
		return err
	}
	defer func() {
		if err := back(); err != nil { // what was sent was sent
			r.Log.Warn("a folder of reports is left behind", "error", err.Error())
		}
	}()
	password, err := r.password(m.ID)
	if err != nil {
		return err
	}
	if s.files, err = seal(filepath.Join(dir, m.To), m, password); err != nil {
		return err
	}
	if err := r.Audit("deliver", fmt.Sprintf("%s release %d: %s", m.To, m.Release, strings.Join(m.Files, " ")), ""); err != nil {
		return err
	}
	return t.way.send(ctx, r.Deliverer, s)
}

// sendPassword tells the password once the files were sent from this machine. Files that
// another machine sent are sent once more, as only that one knows their password.
func (r *round) sendPassword(ctx context.Context, e *outbox.Entry[Message], t target, file string) error {
	m := e.Event
	password, err := r.kept(m.ID)
	if err != nil {
		return err
	}
	if password == "" || !e.IsDone(file) {
		e.Again(file)
		return fault.New(fault.Unreachable, "deliver.password.waits")
	}
	s, err := r.compose(m, t)
	if err != nil {
		return err
	}
	s.fields.Password = password
	if s.subject, s.text, err = r.texts.say(OfSecret, s.fields); err != nil {
		return err
	}
	if err := r.Audit("deliver.password", fmt.Sprintf("%s release %d: %s", m.To, m.Release, t.way.kind()), ""); err != nil {
		return err
	}
	return t.way.send(ctx, r.Deliverer, s)
}
