package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/publish/deliver"
)

func (a *app) deliver() *cobra.Command {
	var version uint64
	var req deliver.Request
	var dry bool
	cmd := &cobra.Command{
		Use:     "deliver",
		Short:   a.say("deliver.command"),
		Long:    a.say("deliver.command.long"),
		Example: "  guiji deliver --dry-run\n  guiji deliver --release 12 --department gongan\n  guiji deliver status",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, d, err := a.openDelivery(cmd.Context())
			if err != nil {
				return err
			}
			rel, orders, err := a.toDeliver(cmd.Context(), w, version)
			if err != nil {
				return err
			}
			if dry {
				return a.previewDelivery(cmd, w, d, rel, req, orders)
			}
			return a.deliverNow(cmd, w, d, rel, req, orders)
		},
	}
	cmd.Flags().Uint64Var(&version, "release", 0, a.say("command.flag.release"))
	cmd.Flags().StringVar(&req.Department, "department", "", a.say("deliver.flag.department"))
	cmd.Flags().BoolVar(&dry, "dry-run", false, a.say("deliver.flag.dry"))
	cmd.Flags().BoolVar(&req.Again, "again", false, a.say("deliver.flag.again"))
	cmd.AddCommand(a.deliverStatus(), a.deliverPassword())
	return cmd
}

// openDelivery opens a project that breaks no rule, and what delivers for it.
func (a *app) openDelivery(ctx context.Context) (*workspace, *deliver.Deliverer, error) {
	p, err := a.project()
	if err == nil {
		err = a.refuseViolations(ctx, p)
	}
	if err != nil {
		return nil, nil, err
	}
	return a.delivery(ctx)
}

// delivery opens a project and what delivers for it.
func (a *app) delivery(ctx context.Context) (*workspace, *deliver.Deliverer, error) {
	w, err := a.workspace(ctx)
	if err != nil {
		return nil, nil, err
	}
	d, err := a.deliverer(w, a.logger())
	return w, d, err
}

// wanted is what a person delivers: all departments of a release, those too of which it
// checked nothing anew.
func wanted(rel *lake.Release) deliver.Release {
	return deliver.Release{Version: rel.Version, Made: rel.Created}
}

// toDeliver is a release, for 0 the newest, and what departments are to be reminded of: of
// the newest alone, as whoever mended since would be told to.
func (a *app) toDeliver(ctx context.Context, w *workspace, version uint64) (*lake.Release, []deliver.Orders, error) {
	newest, err := w.newestMade(ctx)
	if err != nil {
		return nil, nil, err
	}
	if newest == nil || version > 0 && version != newest.Version {
		rel, err := w.release(ctx, version)
		return rel, nil, err
	}
	orders, err := a.standings(ctx, w, newest.Version)
	return newest, orders, err
}

func (a *app) previewDelivery(cmd *cobra.Command, w *workspace, d *deliver.Deliverer, rel *lake.Release, req deliver.Request, orders []deliver.Orders) error {
	shown, err := d.Preview(cmd.Context(), wanted(rel), req, orders)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	return a.print(cmd, shown, func() string { return a.previewText(w, shown) })
}

// delivered is what guiji deliver did.
type delivered struct {
	Release  uint64             `json:"release"`
	Added    int                `json:"added"`
	Messages []deliver.Standing `json:"messages"` // of this release, and those that still wait
}

func (a *app) deliverNow(cmd *cobra.Command, w *workspace, d *deliver.Deliverer, rel *lake.Release, req deliver.Request, orders []deliver.Orders) (err error) {
	ctx := cmd.Context()
	if err := a.audit(w, "deliver", releaseName(rel.Version), ""); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	out := delivered{Release: rel.Version, Messages: []deliver.Standing{}}
	if out.Added, err = d.Add(ctx, wanted(rel), req); err != nil {
		return err
	}
	reminded, err := d.Remind(ctx, rel.Version, orders, req.Department)
	if err != nil {
		return err
	}
	out.Added += reminded
	if err := d.SendNow(ctx, req.Department); err != nil {
		return err
	}
	failed, err := out.read(ctx, d, req.Department)
	if err != nil {
		return err
	}
	if err := a.print(cmd, out, func() string { return a.deliveredText(w, out) }); err != nil || !failed {
		return err
	}
	return &exitError{fault.Unreachable.ExitCode()}
}

// read takes in where messages stand, those to one department alone where it is named, and
// tells whether one could not be sent.
func (out *delivered) read(ctx context.Context, d *deliver.Deliverer, department string) (failed bool, err error) {
	all, err := d.Status(ctx)
	for _, s := range all {
		if department != "" && s.To != department {
			continue
		}
		bad := s.State == deliver.Failing || s.State == deliver.GivenUp
		failed = failed || bad
		if s.Release == out.Release || bad || s.State == deliver.Waiting {
			out.Messages = append(out.Messages, s)
		}
	}
	return failed, err
}

func (a *app) deliverStatus() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: a.say("deliver.command.status"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, d, err := a.delivery(cmd.Context())
			if err != nil {
				return err
			}
			list, err := d.Status(cmd.Context())
			if err != nil {
				return err
			}
			if !all {
				list = latest(list)
			}
			return a.print(cmd, list, func() string { return a.outboxText(w, list) })
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, a.say("deliver.flag.all"))
	return cmd
}

// shownMessages is how many messages are listed beside those that are not done with.
const shownMessages = 60

// latest leaves out messages that were sent long ago.
func latest(list []deliver.Standing) []deliver.Standing {
	out := []deliver.Standing{}
	for i, s := range list {
		if i < shownMessages || s.State == deliver.Failing || s.State == deliver.GivenUp || s.State == deliver.Waiting {
			out = append(out, s)
		}
	}
	return out
}

func (a *app) deliverPassword() *cobra.Command {
	var version uint64
	cmd := &cobra.Command{
		Use:   "password DEPARTMENT",
		Short: a.say("deliver.command.password"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, d, err := a.delivery(cmd.Context())
			if err != nil {
				return err
			}
			m, password, err := d.Password(cmd.Context(), args[0], version)
			if password == "" {
				return err
			}
			out := map[string]any{"department": m.To, "release": m.Release, "password": password}
			return errors.Join(err, a.print(cmd, out, func() string { return a.say("deliver.password.shown", w.departmentName(m.To), m.Release, password) }))
		},
	}
	cmd.Flags().Uint64Var(&version, "release", 0, a.say("command.flag.release"))
	return cmd
}
