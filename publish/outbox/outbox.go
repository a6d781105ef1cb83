// Package outbox keeps what is to be sent in the store until it was: an object a message,
// made by create-if-absent and changed by compare-and-swap, so that one of all daemons
// sends it and a crash loses nothing. Who is killed between sending and noting it sends
// that one step once more, and no other. Rooms of publish import it; it imports lake and
// internal.
package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

const (
	// Stale is the age of a claim that was left by somebody who died.
	Stale = 5 * time.Minute
	// Forget is the age at which an entry is removed that nothing is left to do of.
	Forget  = 90 * 24 * time.Hour
	maxSize = 1 << 20
	putTime = 20 * time.Second
)

// ErrGone is what sending a step fails with that the project no longer knows: it is
// forgotten.
var ErrGone = errors.New("the step is no longer in the project")

// Box is one folder of a store. Its methods may be called from several goroutines.
type Box[T any] struct {
	Objects lake.Objects
	Folder  string                        // with its slash
	Owner   string                        // host and process
	Pause   func(tries int) time.Duration // from a claim until it may be taken over
	Tries   int                           // how often an entry is taken up at most
	Fits    func(id string, what T) bool  // whether an entry is of its key
	Lang    func(err error) string        // what is kept of a failure, one line
	Log     *slog.Logger
	Now     func() time.Time

	mu      sync.Mutex
	settled map[string]string // keys of entries that nothing is left to do of, by their ETag
}

// Entry is one message with the steps it goes by.
type Entry[T any] struct {
	Event   T                 `json:"event"`
	Owner   string            `json:"owner"`   // who is at it; "" nobody
	Claimed time.Time         `json:"claimed"` // by Owner; zero: nobody's yet
	Tries   int               `json:"tries"`
	Pending []string          `json:"pending"`         // steps that are not done
	Done    []string          `json:"done"`            //
	Why     map[string]string `json:"why,omitempty"`   // why a pending step failed last
	Sent    time.Time         `json:"sent,omitzero"`   // when the last step was done
	Ended   string            `json:"ended,omitempty"` // why the pending ones are not tried any more

	ID   string `json:"-"`
	etag string
}

// Add makes the entry of a message, claimed where it is sent at once. It is nil, without
// an error, where one is there already.
func (b *Box[T]) Add(ctx context.Context, id string, what T, steps []string, claim bool) (*Entry[T], error) {
	e := &Entry[T]{Event: what, Pending: steps, Done: []string{}, ID: id}
	if claim {
		e.Owner, e.Claimed, e.Tries = b.Owner, b.Now(), 1
	}
	err := b.put(ctx, e, lake.Condition{Absent: true})
	if errors.Is(err, lake.ErrConflict) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// put writes an entry under a condition. After an unclear answer the object tells.
func (b *Box[T]) put(ctx context.Context, e *Entry[T], cond lake.Condition) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode the message %s: %w", e.ID, err)
	}
	ctx, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	key := b.key(e.ID)
	o, err := b.Objects.Put(ctx, key, bytes.NewReader(body), int64(len(body)), cond)
	if fault.KindOf(err) == fault.Unknown {
		now, at, rerr := b.read(ctx, key)
		switch {
		case rerr == nil && bytes.Equal(now, body):
			o, err = at, nil
		case rerr == nil:
			err = lake.ErrConflict
		}
	}
	if err == nil {
		e.etag = o.ETag
	}
	return err
}

func (b *Box[T]) key(id string) string { return b.Folder + id + ".json" }

func (b *Box[T]) read(ctx context.Context, key string) ([]byte, lake.Object, error) {
	body, o, err := b.Objects.Get(ctx, key)
	if err != nil {
		return nil, o, err
	}
	text, err := io.ReadAll(io.LimitReader(body, maxSize))
	return text, o, errors.Join(err, body.Close())
}

// Read is the entry of an id; nil where there is none, or it is rubbish.
func (b *Box[T]) Read(ctx context.Context, id string) (*Entry[T], error) {
	body, o, err := b.read(ctx, b.key(id))
	if errors.Is(err, lake.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", b.key(id), err)
	}
	e := &Entry[T]{}
	if json.Unmarshal(body, e) != nil || b.Fits != nil && !b.Fits(id, e.Event) {
		b.Log.Warn("rubbish in the outbox", "key", b.key(id))
		return nil, nil //nolint:nilerr // rubbish is nobody's to send
	}
	e.ID, e.etag = id, o.ETag
	return e, nil
}

// each calls f with the objects of the box.
func (b *Box[T]) each(ctx context.Context, f func(id string, o lake.Object) error) error {
	for o, err := range b.Objects.List(ctx, b.Folder) {
		if err != nil {
			return fmt.Errorf("list the outbox: %w", err)
		}
		id, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, b.Folder), ".json")
		if !ok {
			continue
		}
		if err := f(id, o); err != nil {
			return err
		}
	}
	return nil
}
