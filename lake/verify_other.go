package lake

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// records checks that every run record is as it was written.
func (v *verifier) records(ctx context.Context) error {
	for o, err := range v.objs.List(ctx, "runs/") {
		if err != nil {
			return fmt.Errorf("list the runs: %w", err)
		}
		b, err := v.read(ctx, o.Key)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		v.stats.Runs++
		r := RunRecord{}
		switch err := decode(b, &r); {
		case err != nil || runKey(r.ID) != o.Key:
			v.found(o.Key, "lake.verify.run")
		case !sealed(b):
			v.found(o.Key, "lake.verify.seal")
		}
	}
	return nil
}

// others tells of objects that guiji does not put into a store.
func (v *verifier) others(ctx context.Context) error {
	for o, err := range v.objs.List(ctx, "") {
		if err != nil {
			return fmt.Errorf("list the store: %w", err)
		}
		folder, _, _ := strings.Cut(o.Key, "/")
		if !slices.Contains([]string{"release", "data", "runs", "lease", "hint", "probe", "change", "schedule", "state", "parts", "notified", "delivered"}, folder) {
			v.note(o.Key, "lake.verify.extra")
		}
	}
	return nil
}
