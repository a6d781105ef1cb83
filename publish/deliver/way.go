package deliver

import (
	"context"
	"net/url"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/publish/mail"
)

// said is a message as it goes one way.
type said struct {
	fields        Fields
	subject, text string
	id            string // the same for a message that is sent again
	at            time.Time
	files         []mail.File
}

// way leads to one receiver.
type way interface {
	kind() string     // mail, wecom, dingtalk, feishu, webhook
	identity() string // tells one receiver from another; never printed
	where() string    // address or host, for who may read the project
	short() bool      // messengers get no list
	send(ctx context.Context, d *Deliverer, s said) error
	// show is the document that is posted, without signature; nil where the text says all.
	show(d *Deliverer, s said) ([]byte, error)
}

// mailWay is one address.
type mailWay struct{ address string }

func (w *mailWay) kind() string                          { return "mail" }
func (w *mailWay) identity() string                      { return strings.ToLower(w.address) }
func (w *mailWay) where() string                         { return w.address }
func (w *mailWay) short() bool                           { return false }
func (w *mailWay) show(*Deliverer, said) ([]byte, error) { return nil, nil }

func (w *mailWay) send(ctx context.Context, d *Deliverer, s said) error {
	if !d.set().MailAllowed(w.address) {
		return fault.New(fault.Config, "deliver.elsewhere", w.address[strings.LastIndexByte(w.address, '@')+1:], "mail_domains")
	}
	return d.office.Send(ctx, mail.Letter{To: []string{w.address}, Subject: s.subject, Text: s.text, ID: s.id, Date: s.at, Files: s.files})
}

// hookWay is a webhook with a document of the project's own.
type hookWay struct{ catalog.Webhook }

func (w *hookWay) kind() string     { return "webhook" }
func (w *hookWay) identity() string { return w.URL }
func (w *hookWay) short() bool      { return true }

func (w *hookWay) where() string {
	u, err := url.Parse(w.URL)
	if err != nil || strings.Contains(w.URL, "${") {
		return "${…}"
	}
	return u.Host
}

func (w *hookWay) show(d *Deliverer, s said) ([]byte, error) {
	return document(d.texts.hooks[w.Template], s.fields, s.subject, s.text)
}

func (w *hookWay) send(ctx context.Context, d *Deliverer, s said) error {
	body, err := w.show(d, s)
	if err != nil {
		return misread(w.Template, err)
	}
	address, err := secret.Expand(w.URL, d.Project.Dir)
	if err != nil {
		return err
	}
	answer, err := d.ask(ctx, strings.TrimSpace(address), "webhook "+w.URL, body)
	if err != nil || w.OKField == "" {
		return err
	}
	if got := member(answer, w.OKField); got != w.OKValue {
		return fault.New(fault.Refused, "deliver.hook.answer", w.OKField, w.OKValue)
	}
	return nil
}

// ask posts a document to a host that is allowed, not more often than messengers take.
func (d *Deliverer) ask(ctx context.Context, address, robot string, body []byte) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fault.New(fault.Config, "publish.address")
	}
	if host := u.Hostname(); !d.set().HostAllowed(host) {
		return nil, fault.New(fault.Config, "deliver.elsewhere", host, "hosts")
	}
	if err := d.pace.wait(ctx, robot); err != nil {
		return nil, err
	}
	return d.post.Ask(ctx, secret.Secret(address), body)
}
