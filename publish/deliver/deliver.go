// Package deliver sends departments their reports' counts when a release was made, and
// reminds them of what they have to mend: by mail, by a messenger's robot or by a
// webhook, one message a release and department over all daemons of a store, through
// an outbox that survives a crash. Messages carry counts, names, dates and a link, never
// a value; a work list goes to its owner's own address alone, encrypted, and its password
// another way. cmd imports it; it imports publish/mail, publish/outbox, publish/post,
// quality/worklist, lake, catalog and internal.
package deliver

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/pacing"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/publish/mail"
	"guiji/publish/outbox"
	"guiji/publish/post"
)

const (
	folder  = "delivered/"
	maxTry  = 30            // a message is tried for about a week
	longest = 6 * time.Hour // between two tries
)

// Options are what a deliverer needs; all of them.
type Options struct {
	Project *catalog.Project // with delivery
	Objects lake.Objects     // the outbox is in it
	// Reports is a folder that holds the reports of a release as it is now; done is called
	// when they are sent.
	Reports   func(ctx context.Context, release uint64) (dir string, done func() error, err error)
	Passwords string // folder of passwords of attachments that nobody was told yet
	// Audit notes that values leave, before they do.
	Audit func(act, object, reason string) error
	Lang  text.Lang
	Zone  *time.Location
	Owner string // host and process, for the outbox
	Log   *slog.Logger
	Now   func() time.Time
}

// Deliverer sends. Its methods may be called from several goroutines.
type Deliverer struct {
	Options
	hours  pacing.Hours
	office mail.Office
	post   *post.Client
	texts  *texts
	box    *outbox.Box[Message]
	pace   *pace
	shelf  *shelf
	told   *told
}

// New makes a deliverer; errors of kind fault.Config tell what of the settings or the
// templates cannot be.
func New(o Options) (*Deliverer, error) {
	set := o.Project.Config.Delivery
	if set == nil {
		return nil, fault.New(fault.Config, "deliver.off").Try("deliver.off.hint")
	}
	hours, ok := pacing.ParseHours(set.Quiet)
	if !ok {
		return nil, fault.New(fault.Config, "catalog.check.deliver.quiet", set.Quiet)
	}
	roots, err := mail.Roots(set.CA, o.Project.Dir)
	if err != nil {
		return nil, err
	}
	texts, wrong := readTexts(o.Project, o.Lang)
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	d := &Deliverer{Options: o, hours: hours, texts: texts, pace: newPace(o.Now), office: mail.Office{Mail: o.Project.Config.Mail, Dir: o.Project.Dir},
		post: post.New(post.Options{Roots: roots, Tries: 1}), shelf: &shelf{open: o.Reports}, told: &told{ids: map[string]bool{}}}
	d.box = &outbox.Box[Message]{
		Objects: o.Objects, Folder: folder, Owner: o.Owner, Tries: maxTry, Log: o.Log, Now: o.Now, Pause: pause,
		Fits: func(id string, m Message) bool { return m.ID == id },
		Lang: func(err error) string { return mail.Line(fault.Message(o.Lang, err)) },
	}
	return d, nil
}

// Close removes what is kept of reports between Add and Send.
func (d *Deliverer) Close() error { return d.shelf.clear() }

// pause is how long a message waits after so many tries: ever longer.
func pause(tries int) time.Duration {
	if tries > 7 {
		return longest
	}
	return min(longest, outbox.Stale<<max(0, tries-1))
}

// set is delivery of guiji.yaml.
func (d *Deliverer) set() *catalog.Delivery { return d.Project.Config.Delivery }

// quiet tells whether nothing is sent now, and when that ends.
func (d *Deliverer) quiet(now time.Time) (until time.Time, yes bool) {
	at := now.In(d.Zone)
	for range 40 { // the longest holiday is over by then
		next := d.later(at)
		if next.Equal(at) {
			break
		}
		at, yes = next, true
	}
	return at, yes
}

// later is the end of the hours or of the day that keep a message; at itself where
// neither does.
func (d *Deliverer) later(at time.Time) time.Time {
	if end, bounded := d.hours.End(at); bounded && d.hours.Holds(at) {
		return end
	}
	if d.set().Workdays && !worked(at) {
		y, m, day := at.Date()
		return time.Date(y, m, day+1, 0, 0, 0, 0, d.Zone)
	}
	return at
}

func worked(day time.Time) bool {
	yes, _ := catalog.Workday(day)
	return yes
}
