package httpapi_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/httpapi"
	"guiji/internal/fault"
	"guiji/internal/testkit/certs"
)

const whole = `{"list": [{"id": 1}, {"id": 2}]}`

// What a server answers first, and what becomes of it: worth another try, or not.
func TestAnswers(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	body := func(kind, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text)
		}
	}
	again := fault.Kind(-1)
	for name, c := range map[string]struct {
		first http.HandlerFunc
		want  fault.Kind // again: the second try is taken
	}{
		"408": {status(408), again}, "425": {status(425), again}, "429": {status(429), again}, "500": {status(500), again}, "502": {status(502), again}, "503": {status(503), again},
		"400": {status(400), fault.Config}, "404": {status(404), fault.Config}, "410": {status(410), fault.Config}, "422": {status(422), fault.Config},
		"401": {status(401), fault.Refused}, "403": {status(403), fault.Refused}, "407": {status(407), fault.Refused},
		"206": {status(206), fault.Data}, "304": {status(304), fault.Data}, "302 to nowhere": {status(302), fault.Data},
		"json cut": {body("application/json", whole[:20]), again}, "empty": {body("application/json", ""), again},
		"body cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			page(w, whole)
		}, again},
		"connection cut": {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, again},
		"gzip cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			page(w, "")
			_, _ = io.WriteString(z, whole)
			_ = z.Flush() // and no Close: the checksum is missing
		}, again},
		"html":     {body("text/html; charset=utf-8", "<html>sign in</html>"), fault.Data},
		"gbk":      {body("application/json; charset=GBK", whole), fault.Data},
		"no json":  {body("application/json", "sign in"), fault.Data},
		"two":      {body("application/json", whole+whole), fault.Data},
		"rubbish":  {body("application/json", whole+"x"), fault.Data},
		"no list":  {body("application/json", `{"error": "x"}`), fault.Data},
		"null":     {body("application/json", `{"list": null}`), fault.Data},
		"object":   {body("application/json", `{"list": {}}`), fault.Data},
		"twice":    {body("application/json", `{"list": [], "list": []}`), fault.Data},
		"deep":     {body("application/json", `{"list": [`+strings.Repeat("[", 20_000)), fault.Data},
		"sloppy":   {body("text/plain; charset=UTF-8", whole), again},
		"versions": {body("application/vnd.api+json", whole), again},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) == 1 {
					c.first(w, r)
					return
				}
				page(w, whole)
			})
			out, err := read(t, on(server.URL), "id")
			switch {
			case c.want == again && (err != nil || len(out.rows) != 2):
				t.Errorf("%v", err)
			case c.want != again && (err == nil || fault.KindOf(err) != c.want || n.Load() != 1):
				t.Errorf("kind %s after %d tries: %v", fault.KindOf(err), n.Load(), err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"0": 0, "120": 2 * time.Minute, "Sun, 01 Mar 2026 08:01:30 GMT": 90 * time.Second, "Sun, 01 Mar 2026 07:00:00 GMT": 0,
		"Sunday, 01-Mar-26 08:00:05 GMT": 5 * time.Second, "": -1, "-5": -1, "1.5": -1, "soon": -1, "99999999999999": -1,
	} {
		got, ok := httpapi.RetryAfter(header, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %s, %v", header, got, ok)
		}
	}
	var n atomic.Int64
	after := "1"
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		page(w, whole)
	})
	began := time.Now()
	if _, err := read(t, on(server.URL), "id"); err != nil || time.Since(began) < 990*time.Millisecond {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	n.Store(0)
	after = "3600"
	if _, err := read(t, on(server.URL), "id"); fault.KindOf(err) != fault.Unreachable || n.Load() != 1 {
		t.Errorf("%d requests, %v", n.Load(), err)
	}
}

// A cap holds over all requests of a source.
func TestRequestsPerMinute(t *testing.T) {
	a := newAPI(t, "offset", false)
	var records []string
	for i := range 5 * (perPage - 100) {
		records = append(records, fmt.Sprintf(`{"id": %d}`, i))
	}
	a.put("t", records)
	s := a.settings()
	s.MaxRequestsPerMinute = 1200 // one in 50 ms
	began := time.Now()
	if out, err := read(t, s, "id"); err != nil || len(out.rows) != len(records) {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 7*50*time.Millisecond { // 5 pages, the empty one, and the look for columns
		t.Errorf("seven requests took %s", took)
	}
}

// A server that answers a byte at a time, or never, costs no more than timeout.
func TestSlowServers(t *testing.T) {
	for name, f := range map[string]http.HandlerFunc{
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drip": func(w http.ResponseWriter, r *http.Request) {
			page(w, `{"list": [`)
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := on(serve(t, f).URL)
			s.Timeout, s.Tries = 200*time.Millisecond, 1
			began := time.Now()
			if _, err := read(t, s, "id"); fault.KindOf(err) != fault.Unreachable || time.Since(began) > 20*time.Second {
				t.Errorf("after %s: %v", time.Since(began), err)
			}
		})
	}
}

// Cancelling reaches a request that waits for its answer, and the pause before the next.
func TestCancelWhileWaiting(t *testing.T) {
	var running atomic.Int64
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		running.Add(1)
		<-r.Context().Done()
		running.Add(-1)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	src := start(t, on(server.URL), memory.DefaultAllocator)
	defer src.Close()
	began := time.Now()
	if _, err := pull(ctx, src, "id"); fault.KindOf(err) != fault.Interrupted || time.Since(began) > 2*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	for until := time.Now().Add(2 * time.Second); running.Load() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the request still runs on the server")
		}
	}
}

// Pages without end, zipped or not, stop at max_page_bytes, and leave no file.
func TestEndlessPages(t *testing.T) {
	forever := func(w io.Writer) {
		text := strings.Repeat(`{"id": 1},`, 10_000)
		_, err := io.WriteString(w, `{"list": [`)
		for err == nil {
			_, err = io.WriteString(w, text)
		}
	}
	for name, f := range map[string]http.HandlerFunc{
		"plain": func(w http.ResponseWriter, _ *http.Request) { page(w, ""); forever(w) },
		"gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			page(w, "")
			forever(gzip.NewWriter(w))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := on(serve(t, f).URL)
			s.MaxPageBytes = 8 << 20
			scratch := t.TempDir()
			src, err := httpapi.Open(*s, connectors.Env{Alloc: memory.DefaultAllocator, Scratch: scratch})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			if _, err := pull(t.Context(), src, "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "max_page_bytes") {
				t.Error(err)
			}
			if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		host  string
		until time.Duration
		ca    bool
		want  fault.Kind
		words string
	}{
		"trusted":      {"127.0.0.1", 10*24*time.Hour + time.Hour, true, -1, ""},
		"wrong host":   {"api.example.test", 24 * time.Hour, true, fault.Refused, "127.0.0.1"},
		"expired":      {"127.0.0.1", -time.Hour, true, fault.Refused, "expired"},
		"unknown root": {"127.0.0.1", 24 * time.Hour, false, fault.Refused, "unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			ca := certs.NewAuthority(t)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { page(w, whole) }))
			server.TLS = ca.Serve(c.host, time.Now().Add(c.until))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			s := on(server.URL)
			if c.ca {
				s.CA = ca.File
			}
			_, err := read(t, s, "id")
			if c.want < 0 {
				if err != nil {
					t.Fatal(err)
				}
				doctor(t, s, 10)
				return
			}
			if fault.KindOf(err) != c.want || !strings.Contains(err.Error(), c.words) {
				t.Errorf("kind %s: %v", fault.KindOf(err), err)
			}
		})
	}
}

// doctor states that the certificate's end is told as a warning, before what is well.
func doctor(t *testing.T, s *httpapi.Settings, days int) {
	t.Helper()
	src := start(t, s, memory.DefaultAllocator)
	defer src.Close()
	found, err := src.Doctor(t.Context())
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if f := found[0]; !f.Warning || f.Key != "httpapi.doctor.certificate" || f.Args[1] != days {
		t.Errorf("%+v", f)
	}
	if f := found[1]; !f.OK || f.Args[1] != 200 || f.Args[2] != int64(2) || f.Args[3] != 1 {
		t.Errorf("%+v", f)
	}
}
