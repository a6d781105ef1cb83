package deliver_test

import (
	"context"
	"io"
	"sync"

	"guiji/internal/fault"
	"guiji/lake"
)

// dying is a store that a process reaches no more after so many puts, as if it had been
// killed.
type dying struct {
	lake.Objects
	mu    sync.Mutex
	after int
	die   func()
}

func (d *dying) Put(ctx context.Context, key string, body io.Reader, size int64, c lake.Condition) (lake.Object, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.after--; d.after < 0 {
		d.die()
		return lake.Object{}, fault.New(fault.Unreachable, "publish.address")
	}
	return d.Objects.Put(ctx, key, body, size, c)
}
