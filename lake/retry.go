package lake

import (
	"context"
	"io"
	"iter"
	"time"

	"guiji/internal/retry"
)

// Retry repeats what may be repeated without harm, reads and deletes, while the
// store is out of reach: four times within some seconds. Puts pass through, for
// their bodies are read once and their conditions mean something: Upload and
// Chain.Commit know how to repeat theirs.
func Retry(objs Objects) Objects { return retrying{objs} }

type retrying struct{ Objects }

// Unwrap is the store itself, for what only its own kind can tell.
func (r retrying) Unwrap() Objects { return r.Objects }

// patience is how the store's calls are repeated.
var patience = retry.Policy{Tries: 4, First: 200 * time.Millisecond}

// again runs f until it succeeds or fails for good.
func again[T any](ctx context.Context, f func() (T, error)) (T, error) {
	return retry.Do(ctx, patience, f)
}

func (r retrying) Get(ctx context.Context, key string) (io.ReadCloser, Object, error) {
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

func (r retrying) Head(ctx context.Context, key string) (Object, error) {
	return again(ctx, func() (Object, error) { return r.Objects.Head(ctx, key) })
}

func (r retrying) Delete(ctx context.Context, key string) error {
	_, err := again(ctx, func() (struct{}, error) { return struct{}{}, r.Objects.Delete(ctx, key) })
	return err
}

// List starts again behind the last key it yielded.
func (r retrying) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
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
