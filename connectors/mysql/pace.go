package mysql

import (
	"context"
	"sync"
	"time"
)

// pace keeps all reading of a source below its caps. It pauses the reader, and TCP
// then pauses the server.
type pace struct {
	rows, bytes int64 // per second; 0 is no limit

	mu   sync.Mutex
	next time.Time // when what was taken so far will have been paid for
}

// paceEvery is after how many rows a reader pays: often enough to be even at low caps.
const paceEvery = 256

func (p *pace) limited() bool { return p.rows > 0 || p.bytes > 0 }

// wait pays for rows and bytes just read.
func (p *pace) wait(ctx context.Context, rows, bytes int64) error {
	var cost time.Duration
	if p.rows > 0 {
		cost = time.Duration(float64(rows) / float64(p.rows) * float64(time.Second))
	}
	if p.bytes > 0 {
		cost = max(cost, time.Duration(float64(bytes)/float64(p.bytes)*float64(time.Second)))
	}
	now := time.Now()
	p.mu.Lock()
	if p.next.Before(now) {
		p.next = now
	}
	p.next = p.next.Add(cost)
	pause := p.next.Sub(now)
	p.mu.Unlock()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
