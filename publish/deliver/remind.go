package deliver

import (
	"context"
	"fmt"
)

// Remind puts what there is to say of open tasks into the outbox, each stage of a
// department once a week at most, over all daemons: to one department alone where it is
// named. It sends nothing.
func (d *Deliverer) Remind(ctx context.Context, release uint64, list []Orders, to string) (added int, err error) {
	var all []Message
	for _, o := range list {
		all = append(all, d.reminders(release, o, to)...)
	}
	if len(all) == 0 {
		return 0, nil
	}
	if err := d.claim(ctx, all, false); err != nil {
		return 0, err
	}
	return d.putAll(ctx, all, false)
}

// reminders are the messages that a department's tasks call for, to whom is asked for.
func (d *Deliverer) reminders(release uint64, o Orders, to string) []Message {
	dep := d.Project.Department(o.Department)
	if dep == nil {
		return nil
	}
	now := d.Now()
	year, week := now.In(d.Zone).ISOWeek()
	set := d.set().Remind
	var out []Message
	for _, stage := range []struct {
		kind Kind
		is   bool
		to   string
	}{
		{OfSoon, set.Before > 0 && o.Soon > 0, dep.ID},
		{OfOverdue, o.Overdue > 0 && (set.Before > 0 || set.Parent > 0), dep.ID},
		{OfParent, set.Parent > 0 && o.Late > 0, dep.Parent},
	} {
		if stage.is && (to == "" || stage.to == to) {
			out = append(out, Message{ID: fmt.Sprintf("%d-W%02d/%s/%s", year, week, stage.kind, dep.ID), Kind: stage.kind, To: stage.to, At: now, Release: release, Orders: o})
		}
	}
	return out
}
