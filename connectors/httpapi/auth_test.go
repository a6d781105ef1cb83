package httpapi_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"guiji/connectors/httpapi"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

const canary = "c4nary-pä+ss/w=rd" // stands for every secret; no error may hold it

// guarded answers whom it knows with one record, others with 401.
func guarded(t testing.TB, known func(r *http.Request, body []byte) bool) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !known(r, body) {
			http.Error(w, "who is "+canary+"?", http.StatusUnauthorized)
			return
		}
		page(w, `{"list": [{"id": 1}]}`)
	}).URL
}

// admitted reads by an account, and states that another is refused.
func admitted(t *testing.T, address string, right, wrong httpapi.Auth) {
	t.Helper()
	s := on(address)
	s.Auth = right
	if out, err := read(t, s, "id"); err != nil || len(out.rows) != 1 {
		t.Fatalf("%v", err)
	}
	s.Auth = wrong
	_, err := read(t, s, "id")
	if fault.KindOf(err) != fault.Refused {
		t.Errorf("another account: kind %s, %v", fault.KindOf(err), err)
	}
	silent(t, err)
}

// silent states that an error holds no secret in either language.
func silent(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{fault.Message("zh", err), fault.Message("en", err), fmt.Sprintf("%+v", err)} {
		if strings.Contains(text, "c4nary") {
			t.Errorf("an error tells a secret: %s", strings.ReplaceAll(text, "c4nary", "…"))
		}
	}
}

func TestSimpleAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		right, wrong httpapi.Auth
		known        func(r *http.Request) bool
	}{
		"header": {
			httpapi.Auth{Key: &httpapi.Key{Header: "X-Api-Key", Secret: canary}}, httpapi.Auth{Key: &httpapi.Key{Header: "X-Api-Key", Secret: canary + "x"}},
			func(r *http.Request) bool { return r.Header.Get("X-Api-Key") == canary && r.URL.RawQuery == "" },
		},
		"query": {
			httpapi.Auth{Key: &httpapi.Key{Query: "k", Secret: canary}}, httpapi.Auth{Key: &httpapi.Key{Query: "k", Secret: canary + "x"}},
			func(r *http.Request) bool { return r.URL.Query().Get("k") == canary },
		},
		"basic": {
			httpapi.Auth{Basic: &httpapi.Basic{User: "读者", Password: canary}}, httpapi.Auth{Basic: &httpapi.Basic{User: "a", Password: canary}},
			func(r *http.Request) bool { u, p, ok := r.BasicAuth(); return ok && u == "读者" && p == canary },
		},
		"bearer": {
			httpapi.Auth{Bearer: canary}, httpapi.Auth{Bearer: canary + "x"},
			func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+canary },
		},
	} {
		t.Run(name, func(t *testing.T) {
			admitted(t, guarded(t, func(r *http.Request, _ []byte) bool { return c.known(r) }), c.right, c.wrong)
		})
	}
}

// gateway checks signatures by the rules of its own description, not by the connector's code.
type gateway struct {
	algorithm string
	nonces    map[string]bool
}

func (g *gateway) known(r *http.Request, body []byte) bool {
	h := func() hash.Hash { return sha256.New() }
	if strings.HasSuffix(g.algorithm, "sm3") {
		h = func() hash.Hash { return sm3.New() }
	}
	sum := func(d hash.Hash, s string) []byte { d.Write([]byte(s)); return d.Sum(nil) }
	stamp, nonce := r.Header.Get("X-Ca-Timestamp"), r.Header.Get("X-Ca-Nonce")
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.UnixMilli(ms)).Abs() > time.Minute || nonce == "" || g.nonces[nonce] || r.Header.Get("X-Ca-Key") != "1024" {
		return false
	}
	g.nonces[nonce] = true
	text := strings.Join([]string{r.Method, r.URL.EscapedPath(), "a=1&b=%E5%8E%BF&size=7", stamp, nonce, hex.EncodeToString(sum(h(), string(body)))}, "\n")
	switch g.algorithm {
	case "sha256", "sm3":
		return r.Header.Get("X-Ca-Signature") == strings.ToUpper(hex.EncodeToString(sum(h(), stamp+canary+nonce+stamp)))
	}
	return r.Header.Get("X-Ca-Signature") == base64.StdEncoding.EncodeToString(sum(hmac.New(h, []byte(canary)), text))
}

func TestSignedHeaders(t *testing.T) {
	for _, algorithm := range []string{"hmac-sha256", "hmac-sm3", "sha256", "sm3"} {
		t.Run(algorithm, func(t *testing.T) {
			g := &gateway{algorithm: algorithm, nonces: map[string]bool{}}
			sign := httpapi.Signature{
				Algorithm: algorithm, KeyID: "1024", Secret: canary, Canonical: "{method}\n{path}\n{query}\n{timestamp}\n{nonce}\n{body_hash}",
				Headers: map[string]string{"x-ca-key": "{key_id}", "X-Ca-Timestamp": "{timestamp}", "X-Ca-Nonce": "{nonce}", "X-Ca-Signature": "{signature}"},
			}
			if !strings.HasPrefix(algorithm, "hmac-") {
				sign.Canonical, sign.Encoding = "{timestamp}{secret}{nonce}{timestamp}", "HEX"
			}
			wrong := sign
			wrong.Secret = canary + "x"
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // a body that broke off has another hash
				if !g.known(r, body) {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				page(w, `{"list": [{"id": "`+strconv.Itoa(len(body))+`"}]}`)
			})
			for _, body := range []string{"", `{"县": {size}}`} {
				s := on(server.URL)
				table := s.Tables["t"]
				table.Path, table.Query, table.Body = "v1/县 表", map[string]string{"b": "县", "a": "1", "size": "7"}, body
				if body != "" {
					table.Method = http.MethodPost
				}
				s.Tables["t"] = table
				s.Auth.Signature = &sign
				if _, err := read(t, s, "id"); err != nil {
					t.Fatal(err)
				}
				s.Auth.Signature = &wrong
				_, err := read(t, s, "id")
				if fault.KindOf(err) != fault.Refused {
					t.Errorf("a wrong secret: %v", err)
				}
				silent(t, err)
			}
		})
	}
}

// A token is had once, kept while it lasts, and had anew when the server has forgotten it.
func TestTokens(t *testing.T) {
	var given, asked atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			user, password, _ := r.BasicAuth()
			if user != "guiji" || password != "c4nary-p%C3%A4%2Bss%2Fw%3Drd" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "read" {
				http.Error(w, canary, http.StatusUnauthorized)
				return
			}
			page(w, fmt.Sprintf(`{"access_token": "t%d", "token_type": "bearer", "expires_in": 3600}`, given.Add(1)))
			return
		}
		if asked.Add(1) == 3 || r.Header.Get("Authorization") != fmt.Sprintf("Bearer t%d", given.Load()) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		page(w, fmt.Sprintf(`{"list": [{"id": %s}]}`, r.URL.Query().Get("n")))
	})
	s := on(server.URL)
	s.Auth.Token = &httpapi.Token{URL: server.URL + "/token", ClientID: "guiji", ClientSecret: canary, Scope: "read"}
	s.Paging = httpapi.Paging{Kind: "page", Page: "n"}
	s.MaxPages = 5
	if _, err := read(t, s, "id"); fault.KindOf(err) != fault.Data { // pages without end
		t.Fatal(err)
	}
	if given.Load() != 2 || asked.Load() != 6 {
		t.Errorf("%d tokens for %d requests", given.Load(), asked.Load())
	}
	s.Auth.Token.ClientSecret = secret.Secret("another")
	_, err := read(t, s, "id")
	if fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
	silent(t, err)
}

// Whatever goes wrong, no error holds a key, a header, a query or what the server said.
func TestSecretsStayOutOfErrors(t *testing.T) {
	var n atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch code := []int{400, 401, 404, 418, 500, 302, 200, 201, 304, 0, 1, 2}[n.Load()]; code {
		case 0, 1, 2:
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_, _ = io.WriteString(c, []string{canary + "\r\n\r\n", "HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: " + canary + "\r\nContent-Length: 10\r\n\r\n"}[code])
		case 302:
			w.Header().Set("Location", "http://"+canary+"@"+r.Host+"/"+canary)
			w.WriteHeader(code)
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, canary+r.URL.String()+fmt.Sprint(r.Header))
		}
	})
	for n.Store(0); n.Load() < 12; n.Add(1) {
		s := on(server.URL)
		s.Tries = 1
		s.Auth.Key = &httpapi.Key{Query: "key", Secret: canary}
		s.Headers = map[string]secret.Secret{"X-Secret": "c4nary"}
		_, err := read(t, s, "id")
		if err == nil {
			t.Errorf("case %d: no error", n.Load())
			continue
		}
		silent(t, err)
	}
	s := on("http://127.0.0.1:1")
	s.Tries = 1
	s.Auth.Key = &httpapi.Key{Query: "key", Secret: canary}
	_, err := read(t, s, "id")
	if fault.KindOf(err) != fault.Unreachable {
		t.Error(err)
	}
	silent(t, err)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%v %+v", s.Auth.Key, *s)
	if strings.Contains(b.String(), "c4nary") {
		t.Error("settings print a secret")
	}
}
