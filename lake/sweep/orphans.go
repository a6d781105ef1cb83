package sweep

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// size adds up the files that go.
func (in Input) size(ctx context.Context, rep *Report) error {
	if len(rep.files) == 0 {
		return nil
	}
	for o, err := range in.Objects.List(ctx, "data/") {
		if err != nil {
			return fmt.Errorf("list the data files: %w", err)
		}
		if rep.files[o.Key] {
			rep.Bytes += o.Size
		}
	}
	return nil
}

// orphans sweeps the data files no release names: killed runs left them. Young ones
// may be those of a run under way; and while any pipeline's lease has not been given
// back, none is touched. The order holds whatever the clocks say: who put a file that is
// listed holds a lease then; where none is held afterwards that run has ended, and what it
// committed is read last.
func (in Input) orphans(ctx context.Context, rep *Report) error {
	old, err := in.aged(ctx)
	if err != nil {
		return err
	}
	if rep.Waiting, err = in.underWay(ctx, in.held); err != nil {
		return err
	}
	all, err := in.Chain.Releases(ctx)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, r := range all {
		for _, d := range r.Datasets {
			for _, f := range d.Files {
				named[f.Key] = true
			}
		}
	}
	for _, o := range old {
		if named[o.Key] || in.DryRun && rep.files[o.Key] {
			continue
		}
		rep.Orphans++
		rep.OrphanB += o.Size
		if in.DryRun || rep.Waiting != "" {
			continue
		}
		if err := in.Objects.Delete(ctx, o.Key); err != nil {
			return fmt.Errorf("delete %s: %w", o.Key, err)
		}
	}
	return nil
}

// Unnamed deletes the data files no release names, however young: what killed runs put
// there may be what was just taken out of the releases. The caller holds the leases of the
// pipelines named, each of which had been given back before. waiting is another one: its
// run goes on, or sleeps, or was killed, which nobody can tell apart, so none is touched.
func Unnamed(ctx context.Context, objs lake.Objects, chain *lake.Chain, now time.Time, held []string) (n int, waiting string, err error) {
	in := Input{Objects: objs, Chain: chain, By: lake.By{Now: now}, Rules: catalog.Retention{Orphans: math.MinInt64}, held: held}
	rep := &Report{}
	err = in.orphans(ctx, rep)
	return rep.Orphans, rep.Waiting, err
}

// aged are the data files, and what doctor tried the store with, older than
// retention.orphans by this machine's clock.
func (in Input) aged(ctx context.Context) ([]lake.Object, error) {
	var out []lake.Object
	for _, prefix := range []string{"data/", "probe/"} {
		for o, err := range in.Objects.List(ctx, prefix) {
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", prefix, err)
			}
			if in.By.Now.Sub(o.Modified) >= in.Rules.Orphans {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// underWay is a pipeline whose lease was not given back: its run goes on, or was
// killed and has had no successor yet.
func (in Input) underWay(ctx context.Context, mine []string) (string, error) {
	for o, err := range in.Objects.List(ctx, "lease/") {
		if err != nil {
			return "", fmt.Errorf("list the leases: %w", err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(o.Key, "lease/"), ".json")
		if strings.HasPrefix(name, "_") || slices.Contains(mine, name) {
			continue
		}
		_, until, _, err := lake.Holder(ctx, in.Objects, name, in.By.Now)
		if err != nil {
			return "", err
		}
		if until.After(time.Unix(0, 0)) {
			return name, nil
		}
	}
	return "", nil
}

// records removes the records of runs older than the months that are kept, and one:
// counted back from now or from the newest run's release, whichever is earlier, as the
// releases are.
func (in Input) records(ctx context.Context, rep *Report) error {
	from := in.By.Now
	for i := len(rep.Kept) - 1; i >= 0; i-- {
		if k := rep.Kept[i]; !k.amends {
			if k.Created.Before(from) {
				from = k.Created
			}
			break
		}
	}
	oldest := from.In(in.Zone).AddDate(0, -in.Rules.Monthly-1, 0).Format("20060102T150405")
	for o, err := range in.Objects.List(ctx, "runs/") {
		if err != nil {
			return fmt.Errorf("list the runs: %w", err)
		}
		id := strings.TrimPrefix(o.Key, "runs/")
		if _, err := time.Parse("20060102T150405", id[:min(15, len(id))]); err != nil || id >= oldest {
			continue
		}
		rep.Runs++
		if in.DryRun {
			continue
		}
		if err := in.Objects.Delete(ctx, o.Key); err != nil {
			return fmt.Errorf("delete %s: %w", o.Key, err)
		}
	}
	return nil
}
