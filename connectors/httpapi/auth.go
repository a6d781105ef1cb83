package httpapi

import (
	"context"
	"net/http"

	"guiji/internal/secret"
)

// authoriser signs requests in. body is the request's.
type authoriser interface {
	sign(ctx context.Context, req *http.Request, body []byte) error
}

func (s *Source) newAuthoriser() authoriser {
	switch a := s.settings.Auth; {
	case a.Key != nil:
		return a.Key
	case a.Basic != nil:
		return a.Basic
	case a.Bearer != "":
		return bearer(a.Bearer)
	case a.Token != nil:
		return &tokens{source: s, from: *a.Token}
	case a.Signature != nil:
		return a.Signature
	}
	return nobody{}
}

// nobody asks without an account.
type nobody struct{}

func (nobody) sign(context.Context, *http.Request, []byte) error { return nil }

func (k *Key) sign(_ context.Context, req *http.Request, _ []byte) error {
	if k.Header != "" {
		req.Header.Set(k.Header, k.Secret.Reveal())
		return nil
	}
	q := req.URL.Query()
	q.Set(k.Query, k.Secret.Reveal())
	req.URL.RawQuery = q.Encode()
	return nil
}

func (b *Basic) sign(_ context.Context, req *http.Request, _ []byte) error {
	req.SetBasicAuth(b.User, b.Password.Reveal())
	return nil
}

// bearer is a token that lasts.
type bearer secret.Secret

func (b bearer) sign(_ context.Context, req *http.Request, _ []byte) error {
	req.Header.Set("Authorization", "Bearer "+secret.Secret(b).Reveal())
	return nil
}
