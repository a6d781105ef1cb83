package post_test

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/testkit/listener"
	"guiji/publish/post"
)

func quick(o post.Options) *post.Client {
	o.Pause, o.Timeout = time.Millisecond, 2*time.Second
	return post.New(o)
}

// A server that is busy is asked again, one that refuses is not.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
		kind  fault.Kind
		ok    bool
	}{
		{[]int{204}, 1, 0, true},
		{[]int{503, 429, 200}, 3, 0, true},
		{[]int{500, 500, 500, 200}, 3, fault.Unreachable, false},
		{[]int{400, 200}, 1, fault.Refused, false},
		{[]int{302, 200}, 1, fault.Refused, false},
	} {
		l := listener.Open(t)
		l.Say("", c.codes...)
		err := quick(post.Options{}).JSON(t.Context(), secret.Secret(l.URL+"/t0ken"), []byte(`{"a":1}`))
		got := l.Posts()
		if c.ok != (err == nil) || err != nil && fault.KindOf(err) != c.kind || len(got) != c.want {
			t.Errorf("%v: %v after %d tries", c.codes, err, len(got))
		}
		if string(got[0].Body) != `{"a":1}` {
			t.Errorf("%v: the server got %s", c.codes, got[0].Body)
		}
		if err != nil && strings.Contains(err.Error(), "t0ken") {
			t.Errorf("%v: the address is in the error: %v", c.codes, err)
		}
	}
}

// A certificate nobody vouches for is refused at once; one of a trusted authority
// serves.
func TestTLS(t *testing.T) {
	var n atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n.Add(1) }))
	defer s.Close()
	s.Config.ErrorLog = nil
	address := secret.Secret(s.URL)
	if err := quick(post.Options{}).JSON(t.Context(), address, nil); fault.KindOf(err) != fault.Refused || n.Load() != 0 {
		t.Errorf("self-signed: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	if err := quick(post.Options{Roots: roots}).JSON(t.Context(), address, nil); err != nil || n.Load() != 1 {
		t.Errorf("trusted: %v", err)
	}
	other := secret.Secret(strings.Replace(s.URL, "127.0.0.1", "localhost", 1)) // no name of the certificate
	if err := quick(post.Options{Roots: roots}).JSON(t.Context(), other, nil); fault.KindOf(err) != fault.Refused {
		t.Errorf("wrong host: %v", err)
	}
}

// Plain http does not leave for public addresses: it is refused before a packet goes
// out.
func TestPlainStaysNear(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, a := range []string{"http://203.0.113.7/hook", "http://[2001:db8::1]:8080/", "http://169.254.169.254/latest", "http://0.0.0.0/"} {
		if err := quick(post.Options{}).JSON(ctx, secret.Secret(a), nil); fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestNoAddress(t *testing.T) {
	for _, a := range []string{"", "ftp://a/b", "http://", "127.0.0.1:80", "https:///x", "http://a/#b", "http://a b/"} {
		if _, err := post.Parse(a); fault.KindOf(err) != fault.Config {
			t.Errorf("%q: %v", a, err)
		}
	}
}

// A server that never answers is given up.
func TestSilence(t *testing.T) {
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer s.Close()
	defer close(hold)
	c := post.New(post.Options{Timeout: 50 * time.Millisecond, Tries: 2, Pause: time.Millisecond})
	if err := c.JSON(t.Context(), secret.Secret(s.URL), nil); fault.KindOf(err) != fault.Unreachable {
		t.Error(err)
	}
}
