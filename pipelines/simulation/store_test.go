package simulation

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// object is what the store holds under a key.
type object struct {
	body     []byte
	etag     string
	modified time.Time
}

// op is one call on the store that waits for the world to decide about it.
type op struct {
	by   *life
	role string // main, renew, look, or a pipeline: what of the life asks
	kind string // put, get, head, list, delete; snapshot, of the source
	key  string
	body []byte
	cond lake.Condition
	turn int // of the world when it was asked
	done chan struct{}

	// What the caller is told.
	err    error
	object lake.Object
	answer []byte
	cut    int // of a get: the body ends with an error after so many bytes; -1: it does not
	page   []lake.Object
}

func (o *op) String() string {
	cond := ""
	if o.cond.Absent {
		cond = " if absent"
	} else if o.cond.ETag != "" {
		cond = " if " + o.cond.ETag
	}
	key := o.key
	if strings.HasPrefix(key, "change/") {
		key = "change/…" // named by chance
	}
	return fmt.Sprintf("%s/%s %s %s%s", o.by.name, o.role, o.kind, key, cond)
}

// pageSize is how many keys one answer to a list holds: a list is no one moment.
const pageSize = 4

// apply lets a call happen, as S3 would.
func (w *world) apply(o *op) {
	there, ok := w.objects[o.key]
	switch o.kind {
	case "put":
		if o.cond.Absent && ok || o.cond.ETag != "" && there.etag != o.cond.ETag {
			o.err = lake.ErrConflict
			return
		}
		w.etags++
		now := object{o.body, fmt.Sprintf("e%d", w.etags), time.Now()}
		w.objects[o.key] = now
		o.object = describe(o.key, now)
		w.witness(o.key, there.body, now.body)
	case "get", "head":
		if !ok {
			o.err = lake.ErrNotFound
			return
		}
		o.answer, o.object = there.body, describe(o.key, there)
	case "delete":
		delete(w.objects, o.key)
		w.deleted(o.key)
	case "snapshot":
		o.answer = strconv.AppendInt(nil, int64(w.tables[o.key].snapshot()), 10)
	case "list":
		after := string(o.body)
		for _, key := range slices.Sorted(maps.Keys(w.objects)) {
			if strings.HasPrefix(key, o.key) && key > after && len(o.page) < pageSize {
				o.page = append(o.page, describe(key, w.objects[key]))
			}
		}
	}
}

func describe(key string, o object) lake.Object {
	return lake.Object{Key: key, Size: int64(len(o.body)), ETag: o.etag, Modified: o.modified}
}

// handle is the store as one life sees it.
type handle struct{ life *life }

type roleKey struct{}

// roleOf is what of a life asks with this context.
func roleOf(ctx context.Context) string {
	role, _ := ctx.Value(roleKey{}).(string)
	return cmp.Or(role, "main")
}

// call asks the world and waits. A life that was killed never comes back from it.
func (h handle) call(ctx context.Context, o *op) error {
	if h.life.dead.Load() {
		runtime.Goexit()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	o.by, o.done = h.life, make(chan struct{})
	o.role = roleOf(ctx)
	h.life.world.ask(o)
	<-o.done
	if h.life.dead.Load() {
		runtime.Goexit()
	}
	if ctx.Err() != nil { // given up while it was under way
		if o.kind == "put" {
			return unknown()
		}
		return ctx.Err()
	}
	return o.err
}

// Put implements lake.Objects.
func (h handle) Put(ctx context.Context, key string, body io.Reader, _ int64, cond lake.Condition) (lake.Object, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return lake.Object{}, err
	}
	o := &op{kind: "put", key: key, body: h.life.skewed(key, b, 1), cond: cond}
	err = h.call(ctx, o)
	return o.object, err
}

// Get implements lake.Objects.
func (h handle) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	o := &op{kind: "get", key: key, cut: -1}
	if err := h.call(ctx, o); err != nil {
		return nil, lake.Object{}, err
	}
	b := h.life.skewed(key, o.answer, -1)
	if o.cut >= 0 && o.cut < len(b) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(b[:o.cut]), broken{})), o.object, nil
	}
	return io.NopCloser(bytes.NewReader(b)), o.object, nil
}

// broken is a connection that ends in the middle of a body.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, unreachable() }

// Head implements lake.Objects.
func (h handle) Head(ctx context.Context, key string) (lake.Object, error) {
	o := &op{kind: "head", key: key}
	err := h.call(ctx, o)
	return o.object, err
}

// Delete implements lake.Objects.
func (h handle) Delete(ctx context.Context, key string) error {
	return h.call(ctx, &op{kind: "delete", key: key})
}

// List implements lake.Objects.
func (h handle) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		for after := ""; ; {
			o := &op{kind: "list", key: prefix, body: []byte(after)}
			if err := h.call(ctx, o); err != nil {
				yield(lake.Object{}, err)
				return
			}
			for _, obj := range o.page {
				if after = obj.Key; !yield(obj, nil) {
					return
				}
			}
			if len(o.page) < pageSize {
				return
			}
		}
	}
}

func unknown() error     { return fault.New(fault.Unknown, "lake.s3.unknown", "simulated") }
func unreachable() error { return fault.New(fault.Unreachable, "lake.s3.unreachable", "simulated") }
