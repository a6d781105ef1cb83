package lake

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Holder tells who holds a pipeline's lease at a time; held is false if nobody
// does. Rubbish in the lease file counts as not held.
func Holder(ctx context.Context, objs Objects, pipeline string, at time.Time) (owner string, until time.Time, held bool, err error) {
	b, o, err := read(ctx, objs, "lease/"+pipeline+".json")
	if errors.Is(err, ErrNotFound) {
		return "", time.Time{}, false, nil
	}
	if err != nil {
		return "", time.Time{}, false, fmt.Errorf("read the lease of %s: %w", pipeline, err)
	}
	var l leaseBody
	readable := decode(b, &l) == nil
	until = l.until(o.Modified)
	return l.Owner, until, readable && at.Before(until), nil
}
