// Package listener is an HTTP server on loopback that keeps what is posted to it, where
// webhooks, robots and collectors are told. Tests alone import it.
package listener

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Listener is the server. It answers 200 and nothing until it is told what to Say.
type Listener struct {
	*httptest.Server
	mu     sync.Mutex
	got    []Post
	answer string
	codes  []int
}

// Post is a JSON document that came in.
type Post struct {
	URL    string // path and query
	Header http.Header
	Body   []byte
	At     time.Time
	Code   int // it was answered with
}

// Open starts a server. Whatever is no JSON document that is posted fails the test.
func Open(t testing.TB) *Listener {
	l := &Listener{codes: []int{http.StatusOK}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v: %v", r.Method, r.Header, err)
		}
		code := l.codes[0]
		l.codes = l.codes[min(1, len(l.codes)-1):]
		l.got = append(l.got, Post{URL: r.URL.String(), Header: r.Header, Body: body, At: time.Now(), Code: code})
		w.Header().Set("Location", "/elsewhere") // which nobody should follow
		w.WriteHeader(code)
		_, _ = io.WriteString(w, l.answer) // who does not read it has closed
	}))
	t.Cleanup(l.Close)
	return l
}

// Say has it answer with a text and one status after the other, the last from then on.
func (l *Listener) Say(answer string, codes ...int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer, l.codes = answer, codes
}

// Posts are all that came in so far.
func (l *Listener) Posts() []Post {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Post{}, l.got...)
}

// Taken are those that were answered with success.
func (l *Listener) Taken() []Post {
	var out []Post
	for _, p := range l.Posts() {
		if p.Code < 300 {
			out = append(out, p)
		}
	}
	return out
}

// Heard is all that came in, as text: addresses, headers and documents.
func (l *Listener) Heard() string {
	var b strings.Builder
	for _, p := range l.Posts() {
		b.WriteString(p.Text())
	}
	return b.String()
}

// Text is one post's.
func (p Post) Text() string {
	var b bytes.Buffer
	b.WriteString(p.URL + "\n")
	_ = p.Header.Write(&b) // a buffer takes all
	b.Write(p.Body)
	return b.String()
}
