package httpapi_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors/httpapi"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// meaning makes each name mean the addresses given, the last of them from then on.
func meaning(addresses ...string) func(context.Context, string) ([]netip.Addr, error) {
	var asked atomic.Int64
	return func(_ context.Context, host string) ([]netip.Addr, error) {
		if host != "api.example.test" {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		n := min(int(asked.Add(1)), len(addresses)) - 1
		return []netip.Addr{netip.MustParseAddr(addresses[n])}, nil
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		scheme, address string
		allow           []string
		denied          bool
	}{
		{"http", "127.0.0.1", nil, true}, {"http", "127.0.0.1", []string{"0.0.0.0/0", "::/0"}, true}, {"http", "127.0.0.1", []string{"127.0.0.0/8"}, false},
		{"http", "::1", nil, true}, {"http", "::ffff:127.0.0.1", nil, true}, {"http", "0.0.0.0", []string{"0.0.0.0/0"}, true}, {"http", "::", nil, true},
		{"https", "169.254.169.254", nil, true}, {"https", "169.254.169.254", []string{"0.0.0.0/0"}, true}, {"https", "fe80::1", []string{"::/0"}, true},
		{"https", "fd00:ec2::254", []string{"fd00::/8"}, true}, {"https", "100.100.100.200", []string{"100.64.0.0/10"}, true},
		{"https", "203.0.113.7", nil, true}, {"https", "2001:db8::1", nil, true}, {"https", "172.32.0.1", nil, true}, {"https", "64:ff9b::7f00:1", nil, true},
		{"http", "203.0.113.7", []string{"203.0.113.7"}, true}, // unencrypted over the internet
	} {
		s := on(c.scheme + "://api.example.test:1")
		s.Allow, s.Tries = c.allow, 1
		src := start(t, s, memory.DefaultAllocator)
		src.Resolve(meaning(c.address))
		_, err := pull(t.Context(), src, "id")
		src.Close()
		if denied := fault.KindOf(err) == fault.Config; denied != c.denied || err == nil {
			t.Errorf("%s://%s with %v: %v", c.scheme, c.address, c.allow, err)
		}
	}
	// Private addresses are dialled without an entry. Nobody needs to answer there.
	for _, address := range []string{"10.1.2.3", "172.16.0.1", "192.168.9.9", "fc00::1"} {
		ctx, cancel := context.WithCancel(t.Context())
		s := on("http://api.example.test:1")
		s.Allow = nil
		src := start(t, s, memory.DefaultAllocator)
		src.Resolve(func(context.Context, string) ([]netip.Addr, error) {
			cancel() // before anything leaves this machine
			return []netip.Addr{netip.MustParseAddr(address)}, nil
		})
		_, err := pull(ctx, src, "id")
		src.Close()
		if fault.KindOf(err) != fault.Interrupted || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A name that means another address at the next request is judged anew.
func TestRebinding(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		page(w, `{"list": [{"id": `+r.URL.Query().Get("n")+`}]}`)
	})
	_, port, err := net.SplitHostPort(hostOf(t, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	s := on("http://api.example.test:" + port)
	s.Paging = httpapi.Paging{Kind: "page", Page: "n"}
	src := start(t, s, memory.DefaultAllocator)
	defer src.Close()
	src.Resolve(meaning("127.0.0.1", "127.0.0.1", "169.254.169.254"))
	_, err = pull(t.Context(), src, "id")
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "169.254.169.254") {
		t.Error(err)
	}
}

// Redirects go by the same rules, and keys stay with the host they were given for.
func TestRedirects(t *testing.T) {
	var leaked, reached atomic.Int64
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		if r.Header.Get("X-Api-Key") != "" || r.Header.Get("X-App") != "" {
			leaked.Add(1)
		}
		page(w, `{"list": [{"id": "other"}]}`)
	})
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	target := ""
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/moved":
			if r.Header.Get("X-Api-Key") != canary {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			page(w, `{"list": [{"id": "moved"}]}`)
		case target == "loop":
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		default:
			http.Redirect(w, r, target, http.StatusTemporaryRedirect)
		}
	})
	settings := func(to string) *httpapi.Settings {
		target = to
		s := on(server.URL)
		s.Auth.Key = &httpapi.Key{Header: "X-Api-Key", Secret: canary}
		s.Headers = map[string]secret.Secret{"X-App": "guiji"}
		return s
	}
	for _, c := range []struct{ to, want string }{{"/moved", "moved"}, {other.URL + "/x", "other"}} {
		if out, err := read(t, settings(c.to), "id"); err != nil || out.rows[0][0] != c.want {
			t.Errorf("to %s: %v", c.want, err)
		}
	}
	if leaked.Load() != 0 || reached.Load() != 1 {
		t.Errorf("%d of %d requests at another host held a key", leaked.Load(), reached.Load())
	}
	for to, want := range map[string]fault.Kind{
		"http://169.254.169.254/latest/meta-data/": fault.Config, "http://127.0.0.2:1/": fault.Config, "http://[::1]:1/": fault.Config,
		"http://localhost.:1/": fault.Config, "http://2130706433:1/": fault.Unreachable, "file:///etc/passwd": fault.Data, "http://a:b@127.0.0.1/": fault.Data, "loop": fault.Data,
	} {
		s := settings(to)
		s.Tries = 1
		src := start(t, s, memory.DefaultAllocator)
		src.Resolve(func(_ context.Context, host string) ([]netip.Addr, error) {
			if host == "localhost." {
				return []netip.Addr{netip.MustParseAddr("::1")}, nil
			}
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		})
		if _, err := pull(t.Context(), src, "id"); fault.KindOf(err) != want || err == nil {
			t.Errorf("%s: kind %s, %v", to, fault.KindOf(err), err)
		}
		src.Close()
	}
	s := settings(other.URL)
	table := s.Tables["t"]
	table.Method, table.Body = http.MethodPost, `{"person": 1}`
	s.Tables["t"] = table
	if _, err := read(t, s, "id"); fault.KindOf(err) != fault.Data {
		t.Errorf("a body was taken elsewhere: %v", err)
	}
}

// TestMain names proxies in the environment where nobody is: what asked by way of them would fail.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		if err := os.Setenv(name, "http://127.0.0.1:9"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// The environment's proxies are no way around the rules.
func TestNoProxy(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { page(w, `{"list": [{"id": 1}]}`) })
	_, port, err := net.SplitHostPort(hostOf(t, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	src := start(t, on("http://api.example.test:"+port), memory.DefaultAllocator) // loopback itself is never asked by proxy
	defer src.Close()
	src.Resolve(meaning("127.0.0.1"))
	if out, err := pull(t.Context(), src, "id"); err != nil || len(out.rows) != 1 {
		t.Error(err)
	}
}
