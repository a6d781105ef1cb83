package protocoltest

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// postman carries requests to a store, and does with the puts of releases what
// networks do: he loses answers, sends twice, delivers late. Everything else passes.
type postman struct {
	http.RoundTripper
	mu    sync.Mutex
	rng   *rand.Rand
	storm time.Time // until then every put of a release is late, and none can be read
	calm  bool
	drops map[string]int
	under sync.WaitGroup // what is still on its way
}

// RoundTrip implements http.RoundTripper.
func (p *postman) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/release/v") && p.storming() {
		return nil, io.ErrUnexpectedEOF
	}
	if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "/release/v") {
		return p.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	again := func(ctx context.Context) (*http.Response, error) {
		c := r.Clone(ctx)
		c.Body = io.NopCloser(bytes.NewReader(body))
		return p.RoundTripper.RoundTrip(c)
	}
	switch p.fate() {
	case "lost":
		discard(again(r.Context()))
		return nil, io.ErrUnexpectedEOF
	case "dropped":
		return nil, io.ErrUnexpectedEOF
	case "503", "500":
		discard(again(r.Context()))
		return answer(r, http.StatusServiceUnavailable), nil
	case "timeout":
		discard(again(r.Context()))
		return nil, context.DeadlineExceeded
	case "twice": // the second sending meets the first: 412 for one's own release
		discard(again(r.Context()))
		return again(r.Context())
	case "late":
		pause := p.pause()
		p.under.Go(func() {
			time.Sleep(pause)
			discard(again(context.Background()))
		})
		return nil, io.ErrUnexpectedEOF
	}
	return again(r.Context())
}

// fate chooses what becomes of one put, and counts those whose answer is lost.
func (p *postman) fate() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.calm {
		return ""
	}
	fate := []string{"lost", "lost", "dropped", "503", "500", "timeout", "twice", "late", "", "", ""}[p.rng.IntN(11)]
	switch {
	case time.Now().Before(p.storm):
		fate = "late"
	case fate == "late":
		p.storm = time.Now().Add(patience + 40*time.Millisecond)
	}
	if fate != "" {
		p.drops[fate]++
	}
	return fate
}

// storming tells whether releases can be read neither.
func (p *postman) storming() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.calm && time.Now().Before(p.storm)
}

func (p *postman) pause() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Duration(p.rng.Int64N(int64(3 * patience)))
}

// rest waits until everything has arrived.
func (p *postman) rest() {
	p.mu.Lock()
	p.calm = true
	p.mu.Unlock()
	p.under.Wait()
}

func discard(resp *http.Response, err error) {
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body) // the answer is lost on purpose
		resp.Body.Close()
	}
}

func answer(r *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r,
	}
}
