package httpapi

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/internal/retry"
)

// call is one page to ask for.
type call struct {
	method string
	url    *url.URL
	body   []byte
}

// answer is a page that is known to be whole.
type answer struct {
	facts
	status      int
	header      http.Header
	url         *url.URL // where it came from in the end
	body        *spool
	certificate *x509.Certificate // nil without TLS
}

func (a *answer) close() { a.body.close() }

// fetch asks for a page until it is there whole, or for good not.
func (s *Source) fetch(ctx context.Context, t *table, c call) (*answer, error) {
	patient := true
	a, err := retry.Do(ctx, retry.Policy{Tries: s.settings.Tries, First: firstPause, Worth: func() bool { return patient }}, func() (*answer, error) {
		a, err := s.once(ctx, t, c)
		patient = !errors.As(err, new(*tooLong))
		return a, err
	})
	if ctx.Err() != nil && err != nil {
		return nil, fault.New(fault.Interrupted, "httpapi.interrupted", t.at).Because(ctx.Err())
	}
	return a, err
}

const (
	firstPause   = 300 * time.Millisecond
	mostRedirect = 5
)

func (s *Source) once(ctx context.Context, t *table, c call) (*answer, error) {
	if err := s.quiet(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	resp, from, err := s.ask(ctx, t, c)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := s.refused(t.at, resp); err != nil {
		return nil, err
	}
	a := &answer{status: resp.StatusCode, header: resp.Header, url: from, body: &spool{}}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		a.certificate = resp.TLS.PeerCertificates[0]
	}
	if a.status == http.StatusNoContent { // a page without records, which says nothing else
		a.facts.total, a.body.small = -1, []byte("null")
		return a, nil
	}
	if err := isJSON(t.at, resp.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	if err := s.keep(ctx, t.at, a.body, resp.Body); err != nil {
		return nil, err
	}
	if a.facts, err = t.survey(a.body); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// ask sends a request and follows redirects. A token that ran out early is had anew once.
func (s *Source) ask(ctx context.Context, t *table, c call) (*http.Response, *url.URL, error) {
	at := *c.url
	renewed := false
	for hops := 0; ; {
		req, err := s.request(ctx, c, &at)
		if err != nil {
			return nil, nil, s.explain(ctx, t.at, err)
		}
		resp, err := s.client.Do(req)
		if err != nil {
			return nil, nil, s.explain(ctx, t.at, err)
		}
		f, can := s.authorise.(forgetful)
		if resp.StatusCode == http.StatusUnauthorized && can && !renewed && f.forget() {
			renewed = true
			_ = resp.Body.Close() // nothing of it was read
			continue
		}
		if !isRedirect(resp.StatusCode) {
			return resp, &at, nil
		}
		_ = resp.Body.Close() // nothing of it was read
		next, err := s.redirected(t, c, &at, resp)
		if err != nil {
			return nil, nil, err
		}
		if hops++; hops > mostRedirect {
			return nil, nil, fault.New(fault.Data, "httpapi.redirects", t.at, mostRedirect)
		}
		at = *next
	}
}

// resolve is where a server's reference leads from an address (RFC 3986, 5.2). A blank in a query, which
// net/url lets stand, would end the address in a request line: it is escaped as browsers do.
func resolve(at *url.URL, reference string) (*url.URL, error) {
	u, err := at.Parse(reference)
	if err != nil {
		return nil, err
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20")
	return u, nil
}

func isRedirect(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirected is where an answer sends to. What goes on from encrypted to plain, or would take
// a body elsewhere, is not followed.
func (s *Source) redirected(t *table, c call, at *url.URL, resp *http.Response) (*url.URL, error) {
	next, err := resolve(at, resp.Header.Get("Location"))
	switch {
	case err != nil, resp.Header.Get("Location") == "", next.Scheme != "https" && next.Scheme != "http", !hostForm.MatchString(next.Hostname()), next.User != nil:
		return nil, fault.New(fault.Data, "httpapi.status", t.at, resp.StatusCode)
	case at.Scheme == "https" && next.Scheme == "http":
		return nil, fault.New(fault.Data, "httpapi.redirect_plain", t.at, next.Host)
	case c.method != http.MethodGet && (!sameOrigin(s.base, next) || resp.StatusCode != http.StatusTemporaryRedirect && resp.StatusCode != http.StatusPermanentRedirect):
		return nil, fault.New(fault.Data, "httpapi.redirect_body", t.at, next.Host)
	}
	return next, nil
}

// hostForm is what names and addresses of hosts are made of; nothing else is repeated in errors.
var hostForm = regexp.MustCompile(`^[0-9A-Za-z._:-]+$`)

// request makes the request for one hop. The project's keys and headers go to its own host alone.
func (s *Source) request(ctx context.Context, c call, at *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(under(ctx, at), c.method, at.String(), bytes.NewReader(c.body))
	if err != nil {
		return nil, fault.New(fault.Config, "httpapi.setting.url")
	}
	if len(c.body) == 0 {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "guiji")
	if !sameOrigin(s.base, at) {
		return req, nil
	}
	for name, value := range s.settings.Headers {
		if http.CanonicalHeaderKey(name) == "Host" {
			req.Host = value.Reveal()
			continue
		}
		req.Header.Set(name, value.Reveal())
	}
	return req, s.authorise.sign(ctx, req, c.body)
}

// under notes for the dialler whether a request goes unencrypted.
func under(ctx context.Context, u *url.URL) context.Context {
	return context.WithValue(ctx, plainRequest{}, u.Scheme == "http")
}

// sameOrigin compares scheme, host and port (RFC 6454).
func sameOrigin(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if p := u.Port(); p != "" {
			return p
		}
		return map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// isJSON refuses what says of itself that it is something else: a page to sign in at, mostly.
// JSON is UTF-8 (RFC 8259, 8.1).
func isJSON(at, header string) error {
	kind, params, err := mime.ParseMediaType(header)
	if header == "" {
		return nil
	}
	subtype := kind[strings.IndexByte(kind, '/')+1:]
	if err != nil || subtype != "json" && !strings.HasSuffix(subtype, "+json") && kind != "text/plain" {
		return fault.New(fault.Data, "httpapi.content_type", at).Try("httpapi.content_type.hint")
	}
	if c := strings.ToLower(params["charset"]); c != "" && c != "utf-8" && c != "utf8" && c != "us-ascii" {
		return fault.New(fault.Data, "httpapi.charset", at)
	}
	return nil
}
