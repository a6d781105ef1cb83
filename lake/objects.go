// Package lake is where results land: the object store, the release chain, the
// local content-addressed cache and the DuckDB serving files. The commit
// protocol compiles without DuckDB; lake/serving needs it. pipelines, publish,
// quality and cmd import it; it imports catalog and internal only.
package lake

import (
	"context"
	"io"
	"iter"
	"time"
)

// Objects is an object store. Implementations pass lake/objectstest. Errors are
// of kind fault.Unreachable (worth a retry), fault.Refused, or one of the
// sentinels; every call is sent once, retries are the caller's.
type Objects interface {
	// Put writes an object whole or not at all, under a condition. It returns
	// ErrConflict if the condition does not hold, and fault.Unknown if the
	// outcome could not be learned.
	Put(ctx context.Context, key string, body io.Reader, size int64, cond Condition) (Object, error)
	// Get opens an object; ErrNotFound if there is none.
	Get(ctx context.Context, key string) (io.ReadCloser, Object, error)
	// Head describes an object; ErrNotFound if there is none.
	Head(ctx context.Context, key string) (Object, error)
	// List walks the objects whose key begins with prefix, in order of key.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete removes an object; removing what is not there is no error.
	Delete(ctx context.Context, key string) error
}

// Object describes one object.
type Object struct {
	Key      string
	Size     int64
	ETag     string
	Modified time.Time
}

// Condition is what must hold for a Put: nothing, that no object is there, or
// that the object there has this ETag.
type Condition struct {
	Absent bool
	ETag   string
}
