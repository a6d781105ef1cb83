package lake

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"guiji/internal/fault"
)

// Lease is the right to run a pipeline, held for some time:
// lease/<pipeline>.json, changed by compare-and-swap alone. It saves work; what
// keeps two runs apart is the commit's create-if-absent, so clocks may be wrong.
// Its methods are for one goroutine.
type Lease struct {
	objs Objects
	key  string
	ttl  time.Duration
	etag string
	held leaseBody
}

type leaseBody struct {
	Generation int64     `json:"generation"` // one more with every holder
	Owner      string    `json:"owner"`
	Nonce      string    `json:"nonce"` // new with every put: ETags repeat for equal content
	Expiry     time.Time `json:"expiry"`
	TTL        int64     `json:"ttl_ms,omitempty"` // how long each put extends it
}

// until is when others may take a lease that was put at a time by the store's clock:
// at its expiry, yet no later than its ttl behind that put. A holder whose clock ran
// ahead, and who died, would lock the pipeline for as long as it was off.
func (b leaseBody) until(put time.Time) time.Time {
	if last := put.Add(time.Duration(b.TTL) * time.Millisecond); b.TTL > 0 && last.Before(b.Expiry) {
		return last.UTC()
	}
	return b.Expiry
}

// Acquire takes the lease of a pipeline for ttl. Where another holds it, the
// error is of kind fault.Locked and names owner and expiry. Rubbish in the file is
// taken over when it is older than ttl, with generation 1; until then it counts
// as held by somebody unknown.
func Acquire(ctx context.Context, objs Objects, pipeline, owner string, ttl time.Duration) (*Lease, error) {
	l := &Lease{objs: objs, key: "lease/" + pipeline + ".json", ttl: ttl}
	var old leaseBody
	b, o, err := read(ctx, objs, l.key)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("read the lease %s: %w", l.key, err)
	default:
		if err := decode(b, &old); err != nil || old.Nonce == "" {
			old = leaseBody{Owner: "?", Expiry: o.Modified.Add(ttl)}
		}
		if old.Expiry = old.until(o.Modified); time.Now().Before(old.Expiry) {
			return nil, locked(pipeline, old)
		}
	}
	cond := Condition{Absent: o.ETag == "", ETag: o.ETag}
	err = l.put(ctx, leaseBody{Generation: old.Generation + 1, Owner: owner, Expiry: time.Now().Add(ttl), TTL: ttl.Milliseconds()}, cond)
	if errors.Is(err, ErrConflict) { // somebody was faster
		if b, _, rerr := read(ctx, objs, l.key); rerr == nil && decode(b, &old) == nil {
			return nil, locked(pipeline, old)
		}
		return nil, locked(pipeline, leaseBody{Owner: "?", Expiry: time.Now().Add(ttl)})
	}
	if err != nil {
		return nil, fmt.Errorf("take the lease %s: %w", l.key, err)
	}
	return l, nil
}

func locked(pipeline string, by leaseBody) error {
	if pipeline == Care {
		return fault.New(fault.Locked, "lake.lease.care", by.Owner, by.Expiry.Format(time.DateTime+" MST")).Try("lake.lease.locked.hint")
	}
	return fault.New(fault.Locked, "lake.lease.locked", pipeline, by.Owner, by.Expiry.Format(time.DateTime+" MST")).Try("lake.lease.locked.hint")
}

// Renew extends the lease by its ttl from now. The error is of kind fault.Locked
// if another has it.
func (l *Lease) Renew(ctx context.Context) error {
	next := l.held
	next.Expiry = time.Now().Add(l.ttl)
	return l.change(ctx, next)
}

// Release gives the lease back; the file stays, for the generation to go on.
// Giving back what another has taken over is no error.
func (l *Lease) Release(ctx context.Context) error {
	next := l.held
	next.Expiry = time.Unix(0, 0).UTC()
	err := l.change(ctx, next)
	if fault.KindOf(err) == fault.Locked {
		return nil
	}
	return err
}

// Generation counts the holders of this lease.
func (l *Lease) Generation() int64 { return l.held.Generation }

// Expiry is when others may take the lease.
func (l *Lease) Expiry() time.Time { return l.held.Expiry }

// change swaps the lease's content. A conflict with one's own earlier put, whose answer
// never came because its call was ended, is none: a generation has one holder.
func (l *Lease) change(ctx context.Context, next leaseBody) error {
	by, etag := leaseBody{Owner: "?"}, l.etag
	for range 5 { // each needs one more of one's own puts to arrive late
		err := l.put(ctx, next, Condition{ETag: etag})
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("change the lease %s: %w", l.key, err)
		}
		b, o, err := read(ctx, l.objs, l.key)
		if err != nil {
			return fmt.Errorf("read the lease %s: %w", l.key, err)
		}
		by = leaseBody{Owner: "?"}
		_ = decode(b, &by) // rubbish is somebody unknown
		if by.Generation != l.held.Generation || by.Owner != l.held.Owner {
			break
		}
		etag = o.ETag
	}
	return fault.New(fault.Locked, "lake.lease.lost", l.key, by.Owner)
}

// put swaps the lease in. After an unclear answer the file itself tells.
func (l *Lease) put(ctx context.Context, next leaseBody, cond Condition) error {
	next.Nonce, next.Expiry = rand.Text(), next.Expiry.UTC().Truncate(time.Millisecond)
	b, err := encode(next)
	if err != nil {
		return err
	}
	o, err := l.objs.Put(ctx, l.key, bytes.NewReader(b), int64(len(b)), cond)
	if fault.KindOf(err) == fault.Unknown {
		now, at, rerr := read(ctx, l.objs, l.key)
		switch {
		case rerr == nil && bytes.Equal(now, b):
			o, err = at, nil
		case rerr == nil && at.ETag != cond.ETag:
			err = ErrConflict
		}
	}
	if err != nil {
		return err
	}
	l.held, l.etag = next, o.ETag
	return nil
}
