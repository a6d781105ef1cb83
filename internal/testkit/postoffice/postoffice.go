// Package postoffice is a real SMTP server on loopback for tests, with TLS, passwords
// and the ways in which mail goes wrong. Tests alone import it.
package postoffice

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"encoding/base64"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Password is what every user has to give.
const Password = "c4nary-mail-5512"

// Office is the server.
type Office struct {
	Address string
	mu      sync.Mutex
	got     []Letter
	refuse  int
	unknown string
	cut     bool
	hangUp  bool
	taken   func()
	server  *smtp.Server
	door    net.Listener
}

// Letter is one mail as it came in.
type Letter struct {
	From, User string
	To         []string
	Raw        []byte
}

// Open starts a server at a free port of 127.0.0.1, with TLS from the first byte where
// implicit, else with STARTTLS where conf is given.
func Open(t testing.TB, conf *tls.Config, implicit bool) *Office {
	t.Helper()
	return OpenAt(t, "127.0.0.1:0", conf, implicit)
}

// OpenAt is Open at an address.
func OpenAt(t testing.TB, address string, conf *tls.Config, implicit bool) *Office {
	t.Helper()
	o := &Office{}
	o.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &counter{office: o, conn: c.Conn()}, nil }))
	o.server.Domain, o.server.TLSConfig, o.server.AllowInsecureAuth, o.server.ErrorLog = "lab", conf, false, quiet{}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	o.Address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, conf)
	}
	o.door = l
	done := make(chan struct{})
	go func() { _ = o.server.Serve(l); close(done) }()
	t.Cleanup(func() {
		o.Close()
		<-done
	})
	return o
}

// Close ends the server before the test does.
func (o *Office) Close() {
	_ = o.server.Close()
	_ = o.door.Close() // the server does not know it before it has begun to serve
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Letters are what came in so far.
func (o *Office) Letters() []Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Letter{}, o.got...)
}

// Refuse has each mail answered with a status; 0 takes it.
func (o *Office) Refuse(code int) { o.set(func() { o.refuse = code }) }

// Unknown has the recipients whose address holds a text refused; "" none.
func (o *Office) Unknown(part string) { o.set(func() { o.unknown = part }) }

// Cut has connections cut in the middle of a mail.
func (o *Office) Cut(yes bool) { o.set(func() { o.cut = yes }) }

// HangUp has connections closed as soon as the sender was told that a mail is taken.
func (o *Office) HangUp() { o.set(func() { o.hangUp = true }) }

// Taken has f called when a mail has come in whole, before the sender is told; nil none.
func (o *Office) Taken(f func()) { o.set(func() { o.taken = f }) }

func (o *Office) set(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

// counter is one session.
type counter struct {
	office *Office
	conn   net.Conn
	l      Letter
}

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }
func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != Password {
			return smtp.ErrAuthFailed
		}
		c.l.User = user
		return nil
	}), nil
}
func (c *counter) Mail(from string, _ *smtp.MailOptions) error { c.l.From = from; return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if c.office.unknown != "" && strings.Contains(to, c.office.unknown) {
		return &smtp.SMTPError{Code: 550, Message: "no such user " + to}
	}
	c.l.To = append(c.l.To, to)
	return nil
}

func (c *counter) Data(r io.Reader) error {
	taken, err := c.data(r)
	if taken != nil {
		taken()
	}
	return err
}

func (c *counter) data(r io.Reader) (taken func(), err error) {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if c.office.cut {
		_, _ = io.CopyN(io.Discard, r, 64)
		return nil, c.conn.Close()
	}
	if c.office.refuse != 0 {
		return nil, &smtp.SMTPError{Code: c.office.refuse, Message: "no " + Password}
	}
	if c.l.Raw, err = io.ReadAll(r); err == nil {
		c.office.got = append(c.office.got, c.l)
		taken = c.office.taken
	}
	return taken, err
}
func (c *counter) Reset() { // after the answer to a mail
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if c.office.hangUp && c.l.Raw != nil {
		_ = c.conn.Close()
	}
	c.l = Letter{User: c.l.User}
}
func (c *counter) Logout() error { return nil }

// Read is a letter as a person reads it: its text, and its attachments by name.
func (l Letter) Read(t testing.TB) (subject, body string, header mail.Header, files map[string][]byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(l.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, set, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "multipart/mixed" {
		return subject, string(decode(t, m.Body)), m.Header, nil
	}
	files = map[string][]byte{}
	for r := multipart.NewReader(m.Body, set["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return subject, body, m.Header, files
		}
		if err != nil {
			t.Fatal(err)
		}
		if name := p.FileName(); name != "" {
			files[name] = decode(t, p)
		} else {
			body = string(decode(t, p))
		}
	}
}

func decode(t testing.TB, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
