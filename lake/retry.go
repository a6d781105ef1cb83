package lake

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/cenkalti/backoff/v5"

	"guiji/internal/fault"
)

// Retry repeats what may be repeated without harm, reads and deletes, while the
// store is out of reach: four times within some seconds. Puts pass through, for
// their bodies are read once and their conditions mean something: Upload and
// Chain.Commit know how to repeat theirs.
func Retry(objs Objects) Objects { return retry{objs} }

type retry struct{ Objects }

// Unwrap is the store itself, for what only its own kind can tell.
func (r retry) Unwrap() Objects { return r.Objects }

// again runs f until it succeeds or fails for good.
func again[T any](ctx context.Context, f func() (T, error)) (T, error) {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 200 * time.Millisecond
	v, err := backoff.Retry(ctx, func() (T, error) {
		v, err := f()
		if err != nil && !fault.KindOf(err).Retryable() {
			err = backoff.Permanent(err)
		}
		return v, err
	}, backoff.WithBackOff(b), backoff.WithMaxTries(4), backoff.WithMaxElapsedTime(0))
	if p := new(backoff.PermanentError); errors.As(err, &p) { // of the last try
		err = p.Unwrap()
	}
	if ctx.Err() != nil && err != nil {
		err = ctx.Err()
	}
	return v, err
}

func (r retry) Get(ctx context.Context, key string) (io.ReadCloser, Object, error) {
	type answer struct {
		body io.ReadCloser
		o    Object
	}
	a, err := again(ctx, func() (a answer, err error) {
		a.body, a.o, err = r.Objects.Get(ctx, key)
		return a, err
	})
	return a.body, a.o, err
}

func (r retry) Head(ctx context.Context, key string) (Object, error) {
	return again(ctx, func() (Object, error) { return r.Objects.Head(ctx, key) })
}

func (r retry) Delete(ctx context.Context, key string) error {
	_, err := again(ctx, func() (struct{}, error) { return struct{}{}, r.Objects.Delete(ctx, key) })
	return err
}

// List starts again behind the last key it yielded.
func (r retry) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		last, stopped := "", false
		_, err := again(ctx, func() (struct{}, error) {
			for o, err := range r.Objects.List(ctx, prefix) {
				if err != nil {
					return struct{}{}, err
				}
				if o.Key <= last {
					continue
				}
				if last = o.Key; !yield(o, nil) {
					stopped = true
					break
				}
			}
			return struct{}{}, nil
		})
		if err != nil && !stopped {
			yield(Object{}, err)
		}
	}
}
