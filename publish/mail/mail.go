// Package mail sends mail by the server that a project names: over TLS whose
// certificate is verified, or plain on this machine alone. Errors never repeat an
// address, a password or what the server said. Rooms of publish import it; it imports
// catalog and internal.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

const sendTime = 20 * time.Second

// Office is the server mail goes out by.
type Office struct {
	Mail catalog.Mail
	Dir  string // the project's folder: references start there
}

// Letter is one mail, as plain text.
type Letter struct {
	To      []string
	Subject string
	Text    string
	ID      string // the same for a letter that is sent again; becomes its Message-ID
	Date    time.Time
	Files   []File
}

// File is an attachment.
type File struct {
	Name    string // plain ASCII
	Content []byte
}

// Send sends a letter once, whole or not at all; who has to try again is the caller.
// Kinds of errors: fault.Config (an address, the settings), fault.Refused (certificate,
// password, recipient: 5xx), fault.Unreachable (out of reach, cut, 4xx).
func (o Office) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	if m.From(o.Mail.From) != nil || len(l.To) == 0 || m.To(l.To...) != nil { // its errors repeat the address
		return fault.New(fault.Config, "publish.mail.address")
	}
	m.Subject(Line(l.Subject))
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.ID + "@guiji")
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(strings.ReplaceAll(l.Text, "\r\n", "\n"), "\n", "\r\n"))
	for _, f := range l.Files {
		if err := m.AttachReader(f.Name, bytes.NewReader(f.Content)); err != nil {
			return fault.New(fault.Internal, "publish.mail.attach").Because(err)
		}
	}
	c, err := o.client(sendTime + time.Duration(size(l.Files)>>18)*time.Second) // 256 KiB a second are enough
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*sendTime+time.Duration(size(l.Files)>>18)*time.Second)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, m)
	if err == nil || m.IsDelivered() { // a server that hangs up after it took a letter has it all the same
		return nil
	}
	return o.fault(err)
}

func size(files []File) int {
	n := 0
	for _, f := range files {
		n += len(f.Content)
	}
	return n
}

// Line makes one line of a text, without control characters: a header's.
func Line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' }), " ")
}

// client is set to the server as guiji.yaml says: TLS from the first byte (verify),
// STARTTLS or nothing less (starttls), or plain, on this machine alone.
func (o Office) client(timeout time.Duration) (*gomail.Client, error) {
	host, portText, err := net.SplitHostPort(o.Mail.Server)
	port, perr := strconv.Atoi(portText)
	if err != nil || perr != nil {
		return nil, fault.New(fault.Config, "publish.mail.unreachable", o.Mail.Server)
	}
	opts := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(timeout)}
	if name, err := os.Hostname(); err == nil && name != "" {
		opts = append(opts, gomail.WithHELO(name))
	}
	switch o.Mail.TLS {
	case "off":
		if !loopback(host) {
			return nil, fault.New(fault.Config, "publish.mail.plain", o.Mail.Server)
		}
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithSSL())
	}
	roots, err := Roots(o.Mail.CA, o.Dir)
	if err != nil {
		return nil, err
	}
	opts = append(opts, gomail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12}))
	if o.Mail.User != "" {
		password, err := secret.Expand(o.Mail.Password, o.Dir)
		if err != nil {
			return nil, err
		}
		opts = append(opts, gomail.WithUsername(o.Mail.User), gomail.WithPassword(password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	c, err := gomail.NewClient(host, opts...)
	if err != nil {
		return nil, fault.New(fault.Config, "publish.mail.unreachable", o.Mail.Server)
	}
	return c, nil
}

// Roots are the authorities of a PEM file, a relative path starting at dir; nil for
// "", the system's.
func Roots(path, dir string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	pem, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Config, "publish.mail.ca")
	}
	return pool, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// fault says what a letter failed of. The library's texts may hold addresses and what
// the server said, so none is passed on.
func (o Office) fault(err error) error {
	var unverified *tls.CertificateVerificationError
	var sent *gomail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &unverified):
		return fault.New(fault.Refused, "publish.mail.tls", o.Mail.Server).Because(unverified.Err)
	case errors.As(err, &said) && (said.Code == 535 || said.Code == 534): // RFC 4954, 6
		return fault.New(fault.Refused, "publish.mail.password", o.Mail.Server)
	case errors.As(err, &sent) && sent.ErrorCode() >= 500:
		if sent.Reason == gomail.ErrSMTPRcptTo {
			return fault.New(fault.Refused, "publish.mail.recipient", o.Mail.Server, sent.ErrorCode())
		}
		return fault.New(fault.Refused, "publish.mail.refused", o.Mail.Server, sent.ErrorCode())
	case errors.As(err, &sent) && sent.ErrorCode() >= 400:
		return fault.New(fault.Unreachable, "publish.mail.refused", o.Mail.Server, sent.ErrorCode())
	default:
		return fault.New(fault.Unreachable, "publish.mail.unreachable", o.Mail.Server)
	}
}
