package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/s3"
)

func put(s *s3.Store, key, body string, cond lake.Condition) error {
	_, err := s.Put(context.Background(), key, strings.NewReader(body), int64(len(body)), cond)
	return err
}

func TestWrongCredentialsFailAtOnce(t *testing.T) {
	m := minio.Start(t)
	for name, spoil := range map[string]func(*s3.Config){
		"key":    func(c *s3.Config) { c.AccessKey = "somebodyelse" },
		"secret": func(c *s3.Config) { c.SecretKey = "canary-secret-value" },
		"none":   func(c *s3.Config) { c.AccessKey, c.SecretKey = "", "" },
	} {
		c := config(m)
		spoil(&c)
		var err error
		took := time.Hour
		for range 3 { // a busy machine may stand still for once; who tries again does so each time
			start := time.Now()
			_, err = s3.Open(t.Context(), c)
			if took = min(took, time.Since(start)); fault.KindOf(err) != fault.Refused || took <= 5*time.Second {
				break
			}
		}
		if fault.KindOf(err) != fault.Refused || took > 5*time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), m.SecretKey)) {
			t.Errorf("%s: the error shows a secret", name)
		}
	}
	c := config(m)
	c.Bucket = "No_Such_Bucket!"
	if _, err := s3.Open(t.Context(), c); err == nil {
		t.Error("a bucket's bad name: no error")
	}
	proof.Fault(t, "wrong store credentials", "refused within 5 s, the secret is not shown")
}

func TestStoreDown(t *testing.T) {
	m := minio.Start(t)
	s := open(t, config(m))
	if !s.Created {
		t.Error("the bucket was made, and Open does not say so")
	}
	if open(t, config(m)).Created {
		t.Error("the bucket was there")
	}
	if err := put(s, "k", "x", lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	m.Stop()
	for what, err := range map[string]error{
		"put":    put(s, "k", "y", lake.Condition{Absent: true}),
		"delete": s.Delete(t.Context(), "k"),
		"head":   second(s.Head(t.Context(), "k")),
		"open":   second(s3.Open(t.Context(), config(m))),
	} {
		// A put on a connection that turns out dead may be in doubt.
		if k := fault.KindOf(err); err == nil || k != fault.Unreachable && !(what == "put" && k == fault.Unknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, err := range s.List(t.Context(), "") {
		if fault.KindOf(err) != fault.Unreachable {
			t.Errorf("list: %v", err)
		}
	}
	proof.Fault(t, "store down", "each call says unreachable, a put in doubt says so; nothing is lost")
}

func second[T any](_ T, err error) error { return err }

// dropped is a transport that loses the answers to puts after they happened.
type dropped struct {
	http.RoundTripper
	drop atomic.Bool
	puts atomic.Int64
}

func (d *dropped) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if r.Method == http.MethodPut {
		d.puts.Add(1)
		if d.drop.Load() && err == nil {
			resp.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
	}
	return resp, err
}

// A put whose answer is lost is in doubt, and is sent once: a second sending
// would meet the first and report a conflict with itself.
func TestLostAnswerIsUnknownAndSentOnce(t *testing.T) {
	m := minio.Start(t)
	d := &dropped{RoundTripper: &http.Transport{DisableKeepAlives: true}}
	c := config(m)
	c.Transport = d
	s := open(t, c)
	d.drop.Store(true)
	for _, cond := range []lake.Condition{{Absent: true}, {}} {
		d.puts.Store(0)
		if err := put(s, "k", "x", cond); fault.KindOf(err) != fault.Unknown {
			t.Errorf("%+v: %v", cond, err)
		}
		if n := d.puts.Load(); n != 1 {
			t.Errorf("%+v: sent %d times", cond, n)
		}
	}
	// The chain settles it: committed, once.
	chain := lake.NewChain(s)
	r := &lake.Release{Version: 1}
	go func() {
		time.Sleep(200 * time.Millisecond)
		d.drop.Store(false)
	}()
	if err := chain.Commit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if head, err := lake.NewChain(s).Head(t.Context()); err != nil || head.Nonce != r.Nonce {
		t.Fatalf("%v, %v", head, err)
	}
	proof.Fault(t, "lost response", "in doubt, sent once, settled by reading the version back: committed once")
}

// Servers that answer oddly: what may have happened is Unknown, what cannot have
// happened is not.
func TestAnswersToPut(t *testing.T) {
	for status, want := range map[int]fault.Kind{
		500: fault.Unknown, 502: fault.Unknown, 503: fault.Unknown, 504: fault.Unknown,
		403: fault.Refused, 501: fault.Config, 507: fault.Unreachable,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if r.Method == http.MethodPut {
				w.WriteHeader(status)
			}
		}))
		s := open(t, s3.Config{Endpoint: strings.TrimPrefix(srv.URL, "http://"), Bucket: "bbb", AccessKey: "a", SecretKey: "b"})
		if err := put(s, "k", "x", lake.Condition{Absent: true}); fault.KindOf(err) != want || errors.Is(err, lake.ErrConflict) {
			t.Errorf("%d: %v", status, err)
		}
		srv.Close()
	}
	proof.Fault(t, "store answers 503", "the put is in doubt: read back before anything else happens")
}

func TestTLSIsVerified(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	_, err := s3.Open(t.Context(), s3.Config{Endpoint: strings.TrimPrefix(srv.URL, "https://"), TLS: true, Bucket: "bbb", AccessKey: "a", SecretKey: "b"})
	if fault.KindOf(err) != fault.Refused {
		t.Errorf("a self-signed certificate: %v", err)
	}
}

// A body that stops in the middle is an error of its own kind, never a short read.
func TestCutBody(t *testing.T) {
	m := minio.Start(t)
	s := open(t, config(m))
	body := bytes.Repeat([]byte("0123456789"), 100_000)
	if _, err := s.Put(t.Context(), "big", bytes.NewReader(body), int64(len(body)), lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	c := config(m)
	c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &cutConn{Conn: conn, left: 300_000}, err
	}}
	cut := open(t, c)
	r, _, err := cut.Get(t.Context(), "big")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); fault.KindOf(err) != fault.Unreachable {
		t.Errorf("%d of %d bytes, %v", n, len(body), err)
	}
}

// cutConn ends after so many bytes were read.
type cutConn struct {
	net.Conn
	left int
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.Conn.Close()
		return 0, io.EOF
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// Above 64 MiB objects go up in parts, whole and unconditional.
func TestParts(t *testing.T) {
	m := minio.Start(t)
	s := open(t, config(m))
	const size = 65 << 20
	o, err := s.Put(t.Context(), "parts", io.LimitReader(zeros{}, size), size, lake.Condition{})
	if err != nil {
		t.Fatal(err)
	}
	if head, err := s.Head(t.Context(), "parts"); err != nil || head.Size != size || head.ETag != o.ETag {
		t.Errorf("%+v, %v", head, err)
	}
	if _, err := s.Put(t.Context(), "x", zeros{}, size, lake.Condition{Absent: true}); err == nil {
		t.Error("a condition on a large object: no error")
	}
	if _, err := s.Put(t.Context(), "short", io.LimitReader(zeros{}, size-5), size, lake.Condition{}); err == nil {
		t.Error("a short body in parts: no error")
	}
	if _, err := s.Head(t.Context(), "short"); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("a short body in parts landed: %v", err)
	}
	proof.Fault(t, "partial multipart", "no object")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMain(m *testing.M) {
	// Idle connections of the stores under test, and minio-go's own, outlive a test.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
