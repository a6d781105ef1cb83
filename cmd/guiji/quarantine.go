package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/mask"
)

func (a *app) quarantine() *cobra.Command {
	cmd := &cobra.Command{Use: "quarantine", Short: a.say("quarantine.command"), Long: a.say("quarantine.long"), Args: cobra.NoArgs}
	cmd.AddCommand(a.listQuarantine(), a.releaseQuarantine())
	return cmd
}

// apart are rows that are kept out of the clean tables for one reason.
type apart struct {
	Resource string `json:"resource"`
	Kind     string `json:"kind"` // unreadable: a connector or the type could not represent it; held: a rule keeps it out
	Rule     string `json:"rule,omitempty"`
	Title    string `json:"title,omitempty"`
	Column   string `json:"column,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Rows     int64  `json:"rows"`
	Released int64  `json:"released,omitempty"`       // of rows held: let in by a person for a time
	Others   int64  `json:"held_by_others,omitempty"` // released from this rule, and out because of another

	Places []placed `json:"places,omitempty"`
	More   bool     `json:"more,omitempty"` // there are rows behind these
}

// placed is one such row, its key masked.
type placed struct {
	Place    string   `json:"place,omitempty"`
	Key      []string `json:"key,omitempty"`
	Reason   string   `json:"released_because,omitempty"`
	Approver string   `json:"approver,omitempty"`
	Until    string   `json:"until,omitempty"`
	Others   string   `json:"held_by,omitempty"` // rules that keep it out all the same
}

// The kinds of rows apart.
const (
	apartUnreadable = "unreadable"
	apartHeld       = "held"
)

func (a *app) listQuarantine() *cobra.Command {
	var version uint64
	var rule string
	var rows bool
	var limit int
	cmd := &cobra.Command{
		Use:     "list [RESOURCE]",
		Short:   a.say("quarantine.list"),
		Example: "  guiji quarantine list\n  guiji quarantine list gongan/resident --rule name.length --rows",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, rel, err := a.openAt(cmd.Context(), version)
			if err != nil {
				return err
			}
			if len(args) == 1 && w.project.Resource(args[0]) == nil {
				return fault.New(fault.Config, "pipeline.no_resource", args[0]).Try("pipeline.no_resource.hint")
			}
			if rows {
				if err := a.audit(w, "quarantine.list", strings.Join(append([]string{releaseName(rel.Version)}, args...), " "), ""); err != nil {
					return err
				}
			}
			s, err := engine.Open(cmd.Context(), engine.Options{Temp: w.project.Scratch()})
			if err != nil {
				return err
			}
			q := &quarantined{app: a, w: w, s: s, rel: rel, rule: rule, masked: mask.NewProjection()}
			if rows {
				q.limit = max(1, limit)
			}
			all, err := q.list(cmd.Context(), args)
			if err = errors.Join(err, s.Close()); err != nil {
				return err
			}
			return a.print(cmd, all, func() string { return a.quarantineText(all, rel) })
		},
	}
	f := cmd.Flags()
	f.Uint64Var(&version, "release", 0, a.say("command.flag.release"))
	f.StringVar(&rule, "rule", "", a.say("quarantine.flag.rule"))
	f.BoolVar(&rows, "rows", false, a.say("quarantine.flag.rows"))
	f.IntVarP(&limit, "number", "n", 100, a.say("quarantine.flag.number"))
	return cmd
}

func (a *app) releaseQuarantine() *cobra.Command {
	var by state.Release
	var keys []string
	var all, withdraw bool
	cmd := &cobra.Command{
		Use:   "release RESOURCE --rule RULE (--key KEY… | --all) --reason TEXT (--approver OFFICE --expires DATE | --withdraw)",
		Short: a.say("quarantine.release"),
		Long:  a.say("quarantine.release.long"),
		Example: "  guiji quarantine release gongan/resident --rule name.length --key 1024 --reason 档案核实无误 --approver 区大数据局 --expires 2027-06-30\n" +
			"  guiji quarantine release gongan/resident --rule name.length --key 1024 --withdraw --reason 复核发现档案有误",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			by.Resource = args[0]
			if all == (len(keys) > 0) {
				return fault.New(fault.Config, "quarantine.which")
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			for i, k := range keys {
				if keys[i], err = readKey(k, cmd.InOrStdin()); err != nil {
					return err
				}
			}
			if withdraw {
				done, err := a.withdrawRelease(cmd.Context(), w, by, keys)
				if err != nil {
					return err
				}
				return a.print(cmd, done, func() string { return a.say("quarantine.withdrawn", len(done), by.Resource, by.Rule) })
			}
			done, err := a.letIn(cmd.Context(), w, by, keys)
			if err != nil {
				return err
			}
			return a.print(cmd, done, func() string { return a.say("quarantine.released", len(done), by.Resource, by.Rule, by.Until) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&by.Rule, "rule", "", a.say("quarantine.flag.rule"))
	f.StringArrayVar(&keys, "key", nil, a.say("quarantine.flag.key"))
	f.BoolVar(&all, "all", false, a.say("quarantine.flag.all"))
	f.StringVar(&by.Reason, "reason", "", a.say("quarantine.flag.reason"))
	f.StringVar(&by.Approver, "approver", "", a.say("quarantine.flag.approver"))
	f.StringVar(&by.Until, "expires", "", a.say("quarantine.flag.expires"))
	f.BoolVar(&withdraw, "withdraw", false, a.say("quarantine.flag.withdraw"))
	cmd.MarkFlagsMutuallyExclusive("withdraw", "approver")
	cmd.MarkFlagsMutuallyExclusive("withdraw", "expires")
	return cmd
}

// released are the rows that people let in, today: an input of a run.
func (w *workspace) released(ctx context.Context) ([]state.Release, error) {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil {
		return nil, err
	}
	out, err := s.Releases(ctx, w.now().Format("2006-01-02"))
	return out, errors.Join(err, s.Close())
}

// holds reports whether a metric is of a rule that keeps its rows out.
func holds(m quality.Metric) bool { return m.OnFail == quality.Quarantine && m.Failed > 0 }

// within are the resources asked for that the release has.
func within(rel *lake.Release, args []string) []string {
	var out []string
	for id := range rel.Resources {
		if len(args) == 0 || args[0] == id {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
