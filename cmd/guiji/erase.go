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
				said := a.say("command.erase.done", thousands(out.Rows), len(out.Releases), len(out.Datasets), releaseName(out.Release)) + "\n" + a.say("command.erase.source")
				if out.Waiting != "" {
					said += "\n" + a.say("command.erase.waiting", out.Waiting)
				}
				return said
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

func (a *app) eraseAll(ctx context.Context, w *workspace, ask eraseAsk, targets []erase.Target) (*erase.Outcome, error) {
	by, err := a.by(w, "erase")
	if err != nil {
		return nil, err
	}
	free, err := w.free(ctx)
	if err != nil {
		return nil, err
	}
	var out *erase.Outcome
	err = a.alone(ctx, w, func(ctx context.Context, generation int64) error {
		if err := a.audit(w, "erase", fingerprints(ask, targets), ask.reason); err != nil {
			return err
		}
		if err := w.forget(ctx, targets); err != nil { // first: an erasure that was killed half-way is not found again by its keys
			return err
		}
		by.Generation = generation
		for _, left := range []string{"guiji-resume-*", "guiji-[0-9]*T[0-9]*-*"} { // rows that killed runs read: no run may take them up
			scratch.Sweep(w.project.Scratch(), left)
		}
		return a.erasing(ctx, w, func(in erase.Input) (err error) {
			out, err = erase.Erase(ctx, in, targets, ask.reason, by)
			if err != nil {
				return err
			}
			n, waiting, err := sweep.Unnamed(ctx, w.objects, w.chain, w.now(), free)
			if out.Waiting = waiting; waiting == "" {
				out.Files += n
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if err := w.forget(ctx, out.Subjects); err != nil { // by the other keys and ids they had
		return out, err
	}
	_, err = a.rebuildLocal(ctx, w) // this machine's copies hold what has left the store
	return out, err
}

// resumeErase ends what a killed erasure left.
func (a *app) resumeErase(cmd *cobra.Command, w *workspace) error {
	var done []lake.Changed
	err := a.alone(cmd.Context(), w, func(ctx context.Context, _ int64) (err error) {
		done, err = w.chain.Resume(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if len(done) > 0 {
		if _, err := a.rebuildLocal(cmd.Context(), w); err != nil {
			return err
		}
	}
	return a.print(cmd, done, func() string { return a.say("command.erase.resumed", len(done)) })
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
