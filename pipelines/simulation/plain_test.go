package simulation

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"guiji/lake"
)

// plain is the store without a world around it, to be looked at when all is at rest.
type plain struct{ *world }

// Get implements lake.Objects.
func (p plain) Get(_ context.Context, key string) (io.ReadCloser, lake.Object, error) {
	o, ok := p.objects[key]
	if !ok {
		return nil, lake.Object{}, lake.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(o.body)), describe(key, o), nil
}

// Head implements lake.Objects.
func (p plain) Head(_ context.Context, key string) (lake.Object, error) {
	o, ok := p.objects[key]
	if !ok {
		return lake.Object{}, lake.ErrNotFound
	}
	return describe(key, o), nil
}

// List implements lake.Objects.
func (p plain) List(_ context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(p.objects)) {
			if strings.HasPrefix(key, prefix) && !yield(describe(key, p.objects[key]), nil) {
				return
			}
		}
	}
}

// Put implements lake.Objects; whoever looks changes nothing.
func (p plain) Put(context.Context, string, io.Reader, int64, lake.Condition) (lake.Object, error) {
	return lake.Object{}, errors.New("read only")
}

// Delete implements lake.Objects; whoever looks changes nothing.
func (p plain) Delete(context.Context, string) error { return errors.New("read only") }
