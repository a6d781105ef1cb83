package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"guiji/internal/fault"
)

// tokens has tokens by client credentials (RFC 6749, 4.4), and keeps one while it lasts.
type tokens struct {
	source *Source
	from   Token

	mu    sync.Mutex
	token string
	until time.Time
}

// forgetful is an authoriser whose account may have run out before it was told so.
type forgetful interface {
	// forget drops what was had and tells whether there was anything to drop.
	forget() bool
}

func (t *tokens) sign(ctx context.Context, req *http.Request, _ []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == "" || !time.Now().Before(t.until) {
		if err := t.fetch(ctx); err != nil {
			return err
		}
	}
	req.Header.Set("Authorization", "Bearer "+t.token)
	return nil
}

func (t *tokens) forget() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	had := t.token != ""
	t.token = ""
	return had
}

// A token without a term is kept for tokenTerm; one is taken for gone tokenMargin before it is.
const (
	tokenTerm   = 5 * time.Minute
	tokenMargin = 30 * time.Second
	tokenBytes  = 1 << 20
)

func (t *tokens) fetch(ctx context.Context) error {
	form := url.Values{"grant_type": {"client_credentials"}}
	if t.from.Scope != "" {
		form.Set("scope", t.from.Scope)
	}
	u, err := parseBase(t.from.URL)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(under(ctx, u), http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return fault.New(fault.Config, "httpapi.setting.url")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(url.QueryEscape(t.from.ClientID), url.QueryEscape(t.from.ClientSecret.Reveal())) // RFC 6749, 2.3.1
	resp, err := t.source.client.Do(req)
	if err != nil {
		return t.source.explain(ctx, u.Host, err)
	}
	defer resp.Body.Close()
	if err := t.source.refused(u.Host, resp); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, tokenBytes))
	if err != nil {
		return t.source.explain(ctx, u.Host, err)
	}
	var got struct {
		Token   string  `json:"access_token"`
		Seconds float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &got); err != nil || got.Token == "" || strings.ContainsFunc(got.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Data, "httpapi.token", u.Host) // its text may hold a token
	}
	t.token, t.until = got.Token, time.Now().Add(tokenTerm)
	if got.Seconds > 0 {
		term := time.Duration(min(got.Seconds, 24*3600) * float64(time.Second))
		t.until = time.Now().Add(max(term-tokenMargin, term/2))
	}
	return nil
}
