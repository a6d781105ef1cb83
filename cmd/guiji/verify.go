package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/state/audit"
	"guiji/internal/text"
	"guiji/lake"
)

// verified is what guiji verify found.
type verified struct {
	OK       bool          `json:"ok"`
	Stats    lake.Stats    `json:"stats"`
	Problems []problem     `json:"problems"`
	Audit    auditVerified `json:"audit"`
}

type problem struct {
	Key    string `json:"key"`
	What   string `json:"what"`
	Orphan bool   `json:"orphan,omitempty"`
}

type auditVerified struct {
	Records int64  `json:"records"`
	Anchors int    `json:"anchors"` // releases that pin the chain
	Broken  string `json:"broken,omitempty"`
}

func (a *app) verify() *cobra.Command {
	var share string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: a.say("command.verify"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			read, err := parseShare(share)
			if err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			v, err := a.verifyAll(cmd.Context(), w, read)
			if err != nil {
				return err
			}
			if err := a.print(cmd, v, func() string { return a.verifiedText(v) }); err != nil {
				return err
			}
			if !v.OK {
				return &exitError{code: fault.Data.ExitCode()}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&share, "read-data", "all", a.say("command.verify.read"))
	return cmd
}

// parseShare reads all, none, 5% or 0.05.
func parseShare(s string) (float64, error) {
	switch s {
	case "all":
		return 1, nil
	case "none":
		return 0, nil
	}
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, fault.New(fault.Config, "command.verify.share", s)
	}
	return v, nil
}

func (a *app) verifyAll(ctx context.Context, w *workspace, read float64) (*verified, error) {
	found, stats, err := lake.Verify(ctx, w.objects, lake.VerifyOptions{ReadData: read})
	if err != nil {
		return nil, err
	}
	v := &verified{OK: true, Stats: stats, Problems: []problem{}}
	for _, p := range found {
		v.Problems = append(v.Problems, problem{p.Key, a.say(p.What, p.Args...), p.Orphan})
		v.OK = v.OK && p.Orphan
	}
	log, err := w.auditLog()
	if err != nil {
		return nil, err
	}
	v.Audit.Anchors = len(stats.Anchors)
	v.Audit.Records, err = log.Verify(stats.Anchors...)
	if errors.Is(err, audit.ErrBroken) {
		v.OK, v.Audit.Broken = false, fault.Message(a.language(), err)
		return v, nil // nothing may be added to a broken chain
	}
	if err != nil {
		return nil, err
	}
	if err := a.lostRuns(ctx, w, log, v); err != nil {
		return nil, err
	}
	verdict := map[bool]string{true: "ok", false: "not ok"}[v.OK]
	return v, a.audit(w, "verify", fmt.Sprintf("%d releases, %d of %d files read", stats.Releases-stats.Expired, stats.Read, stats.Files), verdict)
}

// lostRuns tells of runs that the audit chain has and whose record is not in the store,
// but for those that a gc was to remove. They are no damage: a run that was killed, or
// could not reach the store, at its very end leaves none, and the chain may be older than
// the store.
func (a *app) lostRuns(ctx context.Context, w *workspace, log *audit.Log, v *verified) error {
	oldest, ended := "", []string{}
	for r, err := range log.Records() {
		if err != nil {
			return err
		}
		var last, daily, monthly int
		switch r.Act {
		case "run":
			ended = append(ended, r.Object)
		case "gc":
			if n, _ := fmt.Sscanf(r.Object, gcRules, &last, &daily, &monthly); n == 3 {
				oldest = max(oldest, r.Time.In(w.zone).AddDate(0, -monthly-1, 0).Format("20060102T150405"))
			}
		}
	}
	there := map[string]bool{}
	for o, err := range w.objects.List(ctx, "runs/") {
		if err != nil {
			return fmt.Errorf("list the runs: %w", err)
		}
		there[o.Key] = true
	}
	for _, id := range ended {
		if key := "runs/" + id + ".json"; id > oldest && !there[key] {
			v.Problems = append(v.Problems, problem{key, a.say("command.verify.run.lost"), true})
		}
	}
	return nil
}

func (a *app) verifiedText(v *verified) string {
	var b strings.Builder
	for _, p := range v.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Key, p.What)
	}
	if v.Audit.Broken != "" {
		fmt.Fprintln(&b, v.Audit.Broken)
	}
	s := v.Stats
	b.WriteString(a.say("command.verify.sum", s.Releases-s.Expired, s.Files, thousands(s.Bytes), s.Read, v.Audit.Records, s.Expired) + "\n")
	key := text.Key("command.verify.ok")
	if !v.OK {
		key = "command.verify.bad"
	}
	b.WriteString(a.say(key))
	return b.String()
}
