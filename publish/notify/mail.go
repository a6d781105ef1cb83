package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"guiji/internal/fault"
	"guiji/internal/retry"
	"guiji/internal/secret"
)

const mailTime = 20 * time.Second

// mail sends an event as a text to the addresses, all in one message.
func (n *Notifier) mail(ctx context.Context, to []string, e Event) error {
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingB64))
	if m.From(n.Mail.From) != nil || m.To(to...) != nil { // its errors repeat the address
		return fault.New(fault.Config, "notify.mail.address")
	}
	m.Subject(n.subject(e))
	m.SetDateWithValue(e.At)
	m.SetMessageIDWithValue(e.ID + "@guiji") // the same for a message that is sent again
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, n.body(e))
	policy := retry.Policy{Tries: 2, First: time.Second}
	_, err := retry.Do(ctx, policy, func() (struct{}, error) { return struct{}{}, n.deliverMail(ctx, m) })
	return err
}

func (n *Notifier) deliverMail(ctx context.Context, m *mail.Msg) error {
	c, err := n.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	if err := c.DialAndSendWithContext(ctx, m); err != nil {
		return n.mailFault(err)
	}
	return nil
}

// client is set to the server as guiji.yaml says: TLS from the first byte (verify),
// STARTTLS or nothing less (starttls), or plain, on this machine alone.
func (n *Notifier) client() (*mail.Client, error) {
	host, portText, err := net.SplitHostPort(n.Mail.Server)
	port, perr := strconv.Atoi(portText)
	if err != nil || perr != nil {
		return nil, fault.New(fault.Config, "notify.mail.unreachable", n.Mail.Server)
	}
	opts := []mail.Option{mail.WithPort(port), mail.WithTimeout(mailTime)}
	if name, err := os.Hostname(); err == nil && name != "" {
		opts = append(opts, mail.WithHELO(name))
	}
	switch n.Mail.TLS {
	case "off":
		if !loopback(host) {
			return nil, fault.New(fault.Config, "notify.mail.plain", n.Mail.Server)
		}
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	case "starttls":
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		opts = append(opts, mail.WithSSL())
	}
	roots, err := n.roots()
	if err != nil {
		return nil, err
	}
	opts = append(opts, mail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12}))
	if n.Mail.User != "" {
		password, err := secret.Expand(n.Mail.Password, n.Dir)
		if err != nil {
			return nil, err
		}
		opts = append(opts, mail.WithUsername(n.Mail.User), mail.WithPassword(password), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	c, err := mail.NewClient(host, opts...)
	if err != nil {
		return nil, fault.New(fault.Config, "notify.mail.unreachable", n.Mail.Server)
	}
	return c, nil
}

// roots are the authorities of mail.ca; nil for the system's.
func (n *Notifier) roots() (*x509.CertPool, error) {
	if n.Mail.CA == "" {
		return nil, nil
	}
	path := n.Mail.CA
	if !filepath.IsAbs(path) {
		path = filepath.Join(n.Dir, path)
	}
	pem, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Config, "notify.mail.ca")
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

// mailFault says what a mail failed of. The library's texts may hold addresses and
// what the server said, so none is passed on.
func (n *Notifier) mailFault(err error) error {
	var unverified *tls.CertificateVerificationError
	var sent *mail.SendError
	switch {
	case errors.As(err, &unverified):
		return fault.New(fault.Refused, "notify.mail.tls", n.Mail.Server).Because(unverified.Err)
	case errors.As(err, &sent) && sent.ErrorCode() >= 500:
		return fault.New(fault.Refused, "notify.mail.refused", n.Mail.Server, sent.ErrorCode())
	case errors.As(err, &sent) && sent.ErrorCode() >= 400:
		return fault.New(fault.Unreachable, "notify.mail.refused", n.Mail.Server, sent.ErrorCode())
	default:
		return fault.New(fault.Unreachable, "notify.mail.unreachable", n.Mail.Server)
	}
}
