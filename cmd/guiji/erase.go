package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/scratch"
	"guiji/lake"
	"guiji/lake/erase"
	"guiji/lake/sweep"
)

// eraseAsk is what was asked for on the command line.
type eraseAsk struct {
	resource, entity, file, reason string
	keys                           []string
	resume                         bool
}

func (a *app) erase() *cobra.Command {
	var ask eraseAsk
	cmd := &cobra.Command{
		Use:   "erase",
		Short: a.say("command.erase"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			targets, err := ask.targets()
			if err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if ask.resume {
				return a.resumeErase(cmd, w)
			}
			out, err := a.eraseAll(cmd.Context(), w, ask, targets)
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string {
				return a.erasedText(w, out)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&ask.resource, "resource", "", a.say("command.erase.resource"))
	f.StringVar(&ask.entity, "entity", "", a.say("command.erase.entity"))
	f.StringArrayVar(&ask.keys, "key", nil, a.say("command.erase.key"))
	f.StringVar(&ask.file, "keys-file", "", a.say("command.erase.file"))
	f.StringVar(&ask.reason, "reason", "", a.say("command.erase.reason"))
	f.BoolVar(&ask.resume, "resume", false, a.say("command.erase.resume"))
	return cmd
}

// targets reads what is to be erased; none with --resume. No error shows a key.
func (q eraseAsk) targets() ([]erase.Target, error) {
	keys := slices.Clone(q.keys)
	if q.file != "" {
		more, err := readKeys(q.file)
		if err != nil {
			return nil, fault.New(fault.Config, "command.erase.file.bad", q.file).Because(err)
		}
		keys = append(keys, more...)
	}
	switch {
	case q.resume && (len(keys) > 0 || q.resource != "" || q.entity != ""):
		return nil, fault.New(fault.Config, "command.erase.resume.alone")
	case q.resume:
		return nil, nil
	case (q.resource == "") == (q.entity == ""):
		return nil, fault.New(fault.Config, "command.erase.what")
	case len(keys) == 0:
		return nil, fault.New(fault.Config, "command.erase.keys")
	case strings.TrimSpace(q.reason) == "":
		return nil, fault.New(fault.Config, "command.erase.why").Try("command.erase.why.hint")
	}
	out := make([]erase.Target, len(keys))
	for i, k := range keys {
		if !erase.ValidKey(k) {
			return nil, fault.New(fault.Config, "command.erase.key.bad", i+1)
		}
		out[i] = erase.Target{Resource: q.resource, Entity: q.entity, Key: k}
	}
	return out, nil
}

// readKeys reads a key a line, from standard input for "-".
func readKeys(path string) ([]string, error) {
	var r io.Reader = os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	var out []string
	s := bufio.NewScanner(r)
	for s.Scan() {
		if line := strings.TrimRight(strings.TrimPrefix(s.Text(), "\uFEFF"), "\r"); line != "" {
			out = append(out, line)
		}
	}
	return out, s.Err()
}

func (w *workspace) pipelines() []string {
	return slices.Sorted(maps.Keys(w.project.Config.Pipelines))
}

// free are the pipelines whose last run gave its lease back.
func (w *workspace) free(ctx context.Context) (names []string, err error) {
	for _, name := range w.pipelines() {
		_, until, _, err := lake.Holder(ctx, w.objects, name, w.now())
		if err != nil {
			return nil, err
		}
		if !until.After(time.Unix(0, 0)) {
			names = append(names, name)
		}
	}
	return names, nil
}

// alone holds the leases of all pipelines while f changes releases.
func (a *app) alone(ctx context.Context, w *workspace, f func(ctx context.Context, generation int64) error) error {
	names := append([]string{lake.Care}, w.pipelines()...)
	held, err := lake.Hold(ctx, w.objects, a.owner(), w.project.Config.Defaults.Lease, names...)
	if err != nil {
		return err
	}
	err = f(held.Context, held.Generation)
	if lost := context.Cause(held.Context); err != nil && ctx.Err() == nil && lost != nil {
		err = lost
	}
	return errors.Join(err, held.Release())
}

// erasedAll is what guiji erase did.
type erasedAll struct {
	*erase.Outcome
	Finished time.Time `json:"finished,omitzero"` // when the erasure was begun that had been cut short, and is now at its end
	Named    []naming  `json:"named,omitempty"`   // files of the project that name what was erased
}

func (a *app) eraseAll(ctx context.Context, w *workspace, ask eraseAsk, targets []erase.Target) (*erasedAll, error) {
	by, err := a.by(w, "erase")
	if err != nil {
		return nil, err
	}
	free, err := w.free(ctx)
	if err != nil {
		return nil, err
	}
	done := &erasedAll{}
	err = a.alone(ctx, w, func(ctx context.Context, generation int64) error {
		if err := a.audit(w, "erase", fingerprints(ask, targets), ask.reason); err != nil {
			return err
		}
		if done.Finished, err = w.unfinishedErasure(ctx); err != nil {
			return err
		}
		by.Generation = generation
		for _, left := range []string{"guiji-resume-*", "guiji-[0-9]*T[0-9]*-*", "guiji-deliver-*", "guiji-state-*"} { // of killed runs and commands: no run may take them up
			scratch.Sweep(w.project.Scratch(), left)
		}
		return a.erasing(ctx, w, func(in erase.Input) error {
			in.Before = func(ctx context.Context, out *erase.Outcome) error {
				return a.forgetting(ctx, w, slices.Concat(targets, out.Subjects), out.Orders, !done.Finished.IsZero())
			}
			return a.eraseFrom(ctx, w, in, targets, ask.reason, by, free, done)
		})
	})
	if err != nil {
		return nil, err
	}
	if done.Outcome != nil {
		if done.Named, err = w.naming(ctx, slices.Concat(targets, done.Subjects, done.Records)); err != nil {
			return nil, err
		}
	}
	return done, a.afterErasure(ctx, w)
}

// eraseFrom takes the targets out of the store. What an erasure that was cut short had
// taken out already is not there any more: that is no fault then.
func (a *app) eraseFrom(ctx context.Context, w *workspace, in erase.Input, targets []erase.Target, why string, by lake.By, free []string, done *erasedAll) error {
	out, err := erase.Erase(ctx, in, targets, why, by)
	if errors.Is(err, erase.ErrNone) && !done.Finished.IsZero() {
		out, err = &erase.Outcome{Datasets: []string{}, Releases: []uint64{}}, a.forgetting(ctx, w, targets, nil, true)
	}
	if err != nil {
		return err
	}
	a.pass(erasureChanged)
	n, waiting, err := sweep.Unnamed(ctx, w.objects, w.chain, w.now(), free)
	if out.Waiting = waiting; waiting == "" {
		out.Files += n
	}
	done.Outcome = out
	return err
}

// The moments of an erasure at which its process may be killed in a test.
const (
	erasureForgotten = "erase.forgotten" // what people wrote about the subjects is gone, the store is as it was
	erasureChanged   = "erase.changed"   // the store has changed, this machine's copies have not
)

// forgetting takes the subjects out of what people decided, before the store changes: an
// erasure that was killed half-way is not found again by the keys they had.
func (a *app) forgetting(ctx context.Context, w *workspace, gone []erase.Target, orders []string, again bool) error {
	if err := w.beginErasure(ctx); err != nil {
		return err
	}
	if err := w.forget(ctx, gone, orders, again); err != nil {
		return err
	}
	a.pass(erasureForgotten)
	return nil
}

// pass passes a failpoint.
func (a *app) pass(point string) {
	if at := failpoint(); at != nil {
		at(point)
	}
}

// afterErasure makes this machine's copies anew, which hold what has left the store, and
// ends the erasure.
func (a *app) afterErasure(ctx context.Context, w *workspace) error {
	if _, err := a.rebuildLocal(ctx, w); err != nil {
		return err
	}
	return w.endErasure(ctx)
}

// resumeErase ends what a killed erasure left.
func (a *app) resumeErase(cmd *cobra.Command, w *workspace) error {
	ctx := cmd.Context()
	var done []lake.Changed
	unfinished, err := w.unfinishedErasure(ctx)
	if err != nil {
		return err
	}
	err = a.alone(ctx, w, func(ctx context.Context, _ int64) (err error) {
		if done, err = w.chain.Resume(ctx); err != nil || unfinished.IsZero() {
			return err
		}
		return w.forget(ctx, nil, nil, true)
	})
	if err != nil {
		return err
	}
	if len(done) > 0 || !unfinished.IsZero() {
		if err := a.afterErasure(ctx, w); err != nil {
			return err
		}
	}
	return a.print(cmd, done, func() string {
		said := a.say("command.erase.resumed", len(done))
		if !unfinished.IsZero() {
			said += "\n" + a.say("command.erase.finished", unfinished.In(w.zone).Format("2006-01-02 15:04")) + "\n" + a.say("command.erase.again")
		}
		return said
	})
}

// fingerprints names the targets in the audit chain without showing a key.
func fingerprints(ask eraseAsk, targets []erase.Target) string {
	what := ask.resource + ask.entity
	out, all := what, sha256.New()
	for _, t := range targets {
		sum := sha256.Sum256([]byte(what + "\x00" + t.Key))
		all.Write(sum[:])
		if len(targets) <= 20 {
			out += " sha256:" + hex.EncodeToString(sum[:8])
		}
	}
	if len(targets) > 20 {
		out += fmt.Sprintf(" %d keys, sha256:%s", len(targets), hex.EncodeToString(all.Sum(nil)[:8]))
	}
	return out
}
