package deliver

import (
	"context"
	"sync"
	"time"

	"guiji/internal/fault"
)

const (
	perMinute = 20               // what 企业微信 and 钉钉 take of a robot
	restTime  = 10 * time.Minute // how long 钉钉 shuts out who sent more
)

// pace keeps robots from sending more often than their messenger takes.
type pace struct {
	now  func() time.Time
	mu   sync.Mutex
	sent map[string][]time.Time // the last minute's, by robot
	shut map[string]time.Time   // until
}

func newPace(now func() time.Time) *pace {
	return &pace{now: now, sent: map[string][]time.Time{}, shut: map[string]time.Time{}}
}

// wait returns when a robot may send, and counts it as sent.
func (p *pace) wait(ctx context.Context, robot string) error {
	for {
		until, err := p.take(robot)
		if err != nil || until == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Unreachable, "deliver.pace")
		case <-time.After(until):
		}
	}
}

// take counts a message of a robot, or says how long it has to wait.
func (p *pace) take(robot string) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if left := p.shut[robot].Sub(now); left > 0 && left <= restTime {
		return 0, fault.New(fault.Unreachable, "deliver.pace")
	}
	var recent []time.Time
	for _, t := range p.sent[robot] {
		if age := now.Sub(t); age >= 0 && age < time.Minute {
			recent = append(recent, t)
		}
	}
	if len(recent) >= perMinute {
		p.sent[robot] = recent
		return recent[0].Add(time.Minute).Sub(now), nil
	}
	p.sent[robot] = append(recent, now)
	return 0, nil
}

// rest leaves a robot alone that its messenger found too busy.
func (p *pace) rest(robot string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut[robot] = p.now().Add(restTime)
}
