package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/google/uuid"
)

// sign puts a gateway's headers on a request, each time with a time and a nonce of its own.
func (g *Signature) sign(_ context.Context, req *http.Request, body []byte) error {
	nonce, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	now := time.Now()
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	if g.Timestamp == "s" {
		stamp = strconv.FormatInt(now.Unix(), 10)
	}
	for name, value := range g.headers(req, body, stamp, nonce.String()) {
		req.Header.Set(name, value)
	}
	return nil
}

// headers fills in the templates.
func (g *Signature) headers(req *http.Request, body []byte, stamp, nonce string) map[string]string {
	digest := g.hash()
	digest.Write(body)
	values := []string{
		"{method}", req.Method, "{path}", req.URL.EscapedPath(), "{query}", req.URL.Query().Encode(), "{timestamp}", stamp, "{nonce}", nonce,
		"{body}", string(body), "{body_hash}", hex.EncodeToString(digest.Sum(nil)), "{key_id}", g.KeyID,
	}
	text := strings.NewReplacer(append([]string{"{secret}", g.Secret.Reveal()}, values...)...).Replace(g.Canonical)
	signed := strings.NewReplacer(append([]string{"{signature}", g.signature(text)}, values...)...)
	out := map[string]string{}
	for name, template := range g.Headers {
		out[name] = signed.Replace(template)
	}
	return out
}

func (g *Signature) hash() hash.Hash {
	if strings.HasSuffix(g.Algorithm, "sm3") {
		return sm3.New() // GB/T 32905
	}
	return sha256.New()
}

func (g *Signature) signature(text string) string {
	mac := g.hash()
	if strings.HasPrefix(g.Algorithm, "hmac-") {
		mac = hmac.New(g.hash, []byte(g.Secret.Reveal())) // RFC 2104
	}
	mac.Write([]byte(text))
	sum := mac.Sum(nil)
	switch g.Encoding {
	case "hex":
		return hex.EncodeToString(sum)
	case "HEX":
		return strings.ToUpper(hex.EncodeToString(sum))
	}
	return base64.StdEncoding.EncodeToString(sum)
}
