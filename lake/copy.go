package lake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"guiji/internal/fault"
)

// Copied counts what Copy brought over.
type Copied struct {
	Objects int   `json:"objects"`
	Bytes   int64 `json:"bytes"`
	There   int   `json:"there"` // objects that were there already, of a copy that was cut short
}

// Copy brings a store over to another that has no other releases: plain to sealed,
// a folder to a bucket, one key to the next. Leases stay behind. The releases that
// were there when it began come last and in their order, so that a copy cut short is
// a shorter chain, and can be begun again. fault.Config if the target holds something
// else under a name.
func Copy(ctx context.Context, from, to Objects) (Copied, error) {
	var c Copied
	var releases []Object
	for o, err := range from.List(ctx, "release/") {
		if err != nil {
			return c, fmt.Errorf("list the releases: %w", err)
		}
		releases = append(releases, o)
	}
	for o, err := range from.List(ctx, "") {
		if err != nil {
			return c, fmt.Errorf("list the store: %w", err)
		}
		if strings.HasPrefix(o.Key, "release/") || strings.HasPrefix(o.Key, "lease/") || strings.HasPrefix(o.Key, "probe/") {
			continue
		}
		if err := c.object(ctx, from, to, o); err != nil {
			return c, err
		}
	}
	for _, o := range releases {
		if err := c.object(ctx, from, to, o); err != nil {
			return c, err
		}
	}
	return c, nil
}

// object copies one object unless it is there with its size; names are never given
// to another content, but for small ones, which are compared.
func (c *Copied) object(ctx context.Context, from, to Objects, o Object) error {
	head, err := to.Head(ctx, o.Key)
	switch {
	case err == nil:
		same := head.Size == o.Size
		if same && !strings.HasPrefix(o.Key, "data/") {
			same, err = equal(ctx, from, to, o.Key)
		}
		if err == nil && !same {
			err = fault.New(fault.Config, "lake.copy.other", o.Key).Try("lake.copy.other.hint")
		}
		c.There++
		return err
	case !errors.Is(err, ErrNotFound):
		return err
	}
	put, err := again(ctx, func() (Object, error) {
		body, there, err := from.Get(ctx, o.Key)
		if err != nil {
			return there, fmt.Errorf("read %s: %w", o.Key, err)
		}
		put, err := to.Put(ctx, o.Key, io.LimitReader(body, there.Size+1), there.Size, Condition{})
		return put, errors.Join(err, body.Close())
	})
	if err != nil {
		return err
	}
	c.Objects++
	c.Bytes += put.Size
	return nil
}

func equal(ctx context.Context, a, b Objects, key string) (bool, error) {
	x, _, err := read(ctx, a, key)
	if err != nil {
		return false, err
	}
	y, _, err := read(ctx, b, key)
	return string(x) == string(y), err
}
