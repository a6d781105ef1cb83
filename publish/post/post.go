// Package post sends JSON documents to http(s) addresses a project names: hooks and
// lineage events. TLS is verified, redirects are refused, no proxy is asked, and plain
// http goes only to this machine and to private networks, judged by the address that
// is dialled. Rooms of publish import it; it imports internal only.
package post

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"guiji/internal/fault"
	"guiji/internal/retry"
	"guiji/internal/secret"
)

// Client sends. Its methods may be called from several goroutines.
type Client struct {
	open, sealed *http.Client
	policy       retry.Policy
}

// Options of a client.
type Options struct {
	Roots   *x509.CertPool // authorities that are trusted; nil: the system's
	Timeout time.Duration  // of one try, answer included; 0: 10 s
	Tries   int            // 0: 3
	Pause   time.Duration  // before the second try; 0: 1 s
}

// New makes a client.
func New(o Options) *Client {
	timeout := o.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	c := &Client{policy: retry.Policy{Tries: o.Tries, First: o.Pause}}
	if c.policy.Tries == 0 {
		c.policy.Tries = 3
	}
	if c.policy.First == 0 {
		c.policy.First = time.Second
	}
	c.sealed = client(&net.Dialer{Timeout: timeout}, o.Roots, timeout)
	c.open = client(&net.Dialer{Timeout: timeout, Control: nearby}, o.Roots, timeout)
	return c
}

func client(d *net.Dialer, roots *x509.CertPool, timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: d.DialContext, ForceAttemptHTTP2: true, DisableKeepAlives: true,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var errFar = errors.New("plain http to an address that is neither loopback nor private")

// nearby refuses plain http to anywhere beyond this machine and private networks
// (RFC 1918, RFC 4193). It sees the address after names were resolved.
func nearby(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := at.Addr().Unmap(); !ip.IsLoopback() && !ip.IsPrivate() {
		return errFar
	}
	return nil
}

// Parse judges an address: http or https with a host and no fragment. The error is of
// kind fault.Config and does not repeat it, as it may hold a token.
func Parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
		return nil, fault.New(fault.Config, "publish.address")
	}
	return u, nil
}

// JSON posts a document and waits for an answer of 2xx. Out of reach, 429 and 5xx are
// tried again a few times. Errors name the host and never the address, the body or
// the answer's: fault.Unreachable, fault.Refused (TLS, 3xx, 4xx) or fault.Config.
func (c *Client) JSON(ctx context.Context, address secret.Secret, body []byte) error {
	u, err := Parse(address.Reveal())
	if err != nil {
		return err
	}
	_, err = retry.Do(ctx, c.policy, func() ([]byte, error) { return c.once(ctx, u, body) })
	return err
}

// Ask is JSON for who has to read the answer: it is posted once, and the first 64 KiB
// of what came back with 2xx are returned.
func (c *Client) Ask(ctx context.Context, address secret.Secret, body []byte) ([]byte, error) {
	u, err := Parse(address.Reveal())
	if err != nil {
		return nil, err
	}
	return c.once(ctx, u, body)
}

func (c *Client) once(ctx context.Context, u *url.URL, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fault.New(fault.Config, "publish.address")
	}
	req.Header.Set("Content-Type", "application/json")
	by := c.sealed
	if u.Scheme == "http" {
		by = c.open
	}
	resp, err := by.Do(req)
	if err != nil {
		return nil, told(u.Host, err)
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what is cut off says less, which its reader sees
	_ = resp.Body.Close()
	switch code := resp.StatusCode; {
	case code < 300:
		return said, nil
	case code == http.StatusTooManyRequests || code >= 500:
		return nil, fault.New(fault.Unreachable, "publish.status", u.Host, code)
	case code < 400:
		return nil, fault.New(fault.Refused, "publish.redirect", u.Host, code)
	default:
		return nil, fault.New(fault.Refused, "publish.status", u.Host, code)
	}
}

// told says what became of a request without its address: net/http's errors hold it.
func told(host string, err error) error {
	if ue := (*url.Error)(nil); errors.As(err, &ue) {
		err = ue.Err
	}
	var unverified *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errFar):
		return fault.New(fault.Config, "publish.plain", host).Try("publish.plain.hint")
	case errors.As(err, &unverified):
		return fault.New(fault.Refused, "publish.tls", host).Because(unverified.Err)
	default:
		return fault.New(fault.Unreachable, "publish.unreachable", host).Because(err)
	}
}
