// Package pacing keeps readers within what a department allows: so many rows and bytes
// a second, and hours of the day. Connectors import it.
package pacing

import (
	"context"
	"sync"
	"time"
)

// Pace keeps all reading of a source below its caps. It pauses the reader, and TCP
// then pauses the server. It may be used from several goroutines.
type Pace struct {
	Rows, Bytes int64 // per second; 0 is no limit

	mu   sync.Mutex
	next time.Time // when what was taken so far will have been paid for
}

// Every is after how many rows a reader pays: often enough to be even at low caps.
const Every = 256

// Limited tells whether there is a cap.
func (p *Pace) Limited() bool { return p.Rows > 0 || p.Bytes > 0 }

// Wait pays for rows and bytes just read.
func (p *Pace) Wait(ctx context.Context, rows, bytes int64) error {
	var cost time.Duration
	if p.Rows > 0 {
		cost = time.Duration(float64(rows) / float64(p.Rows) * float64(time.Second))
	}
	if p.Bytes > 0 {
		cost = max(cost, time.Duration(float64(bytes)/float64(p.Bytes)*float64(time.Second)))
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
