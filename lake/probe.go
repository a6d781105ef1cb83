package lake

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"guiji/internal/fault"
)

// ConditionalWrites tries whether the store keeps the conditions of a Put: the
// whole commit protocol stands on them, and some S3 servers ignore them in
// silence. The error is of kind fault.Config if it does not.
func ConditionalWrites(ctx context.Context, objs Objects) error {
	key := "probe/" + rand.Text()
	put := func(body string, cond Condition) (Object, error) {
		return objs.Put(ctx, key, strings.NewReader(body), int64(len(body)), cond)
	}
	err := func() error {
		first, err := put("first", Condition{Absent: true})
		if err != nil {
			return fmt.Errorf("create a probe: %w", err)
		}
		if _, err = put("second", Condition{Absent: true}); !errors.Is(err, ErrConflict) {
			return ignored(err)
		}
		second, err := put("third", Condition{ETag: first.ETag})
		if err != nil {
			return fmt.Errorf("swap a probe: %w", err)
		}
		if _, err = put("fourth", Condition{ETag: first.ETag}); !errors.Is(err, ErrConflict) {
			return ignored(err)
		}
		if head, err := objs.Head(ctx, key); err != nil || head.ETag != second.ETag {
			return ignored(err)
		}
		return nil
	}()
	return errors.Join(err, objs.Delete(context.WithoutCancel(ctx), key))
}

// ignored is the finding that a condition was not kept, unless the call itself failed.
func ignored(err error) error {
	if err != nil {
		return fmt.Errorf("probe the store's conditions: %w", err)
	}
	return fault.New(fault.Config, "lake.ignored").Try("lake.unconditional.hint")
}
