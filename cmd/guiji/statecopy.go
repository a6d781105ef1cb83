package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/state/audit"
	"guiji/lake"
)

// Where the store keeps the newest copies of what people decided and of the audit chain,
// and where that chain ends: it is written last.
const (
	stateKey     = "state/" + state.Name
	auditKey     = "state/audit.jsonl"
	auditHeadKey = "state/audit.head"
)

func (a *app) stateCopies() *cobra.Command {
	c := &cobra.Command{Use: "state", Short: a.say("command.state"), Long: a.say("command.state.long"), Args: cobra.NoArgs}
	c.AddCommand(a.copyState(), a.restoreState())
	return c
}

// copiedState is what guiji state copy did.
type copiedState struct {
	Records int64 `json:"audit_records"` // of the chain, in the copy
}

func (a *app) copyState() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "copy",
		Short: a.say("command.state.copy"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			how := ""
			if replace {
				how = "replace"
			}
			if err := a.audit(w, "state.copy", w.project.Config.Store, how); err != nil {
				return err
			}
			head, err := w.copyOut(cmd.Context(), replace)
			if err != nil {
				return err
			}
			return a.print(cmd, copiedState{head.Seq}, func() string { return a.say("command.state.copied", head.Seq) })
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, a.say("command.state.replace"))
	return cmd
}

// keepState copies what people decided, and the audit chain, into the store, as the
// store's setting has it encrypted; nothing where nothing was decided or done.
func (w *workspace) keepState(ctx context.Context) error {
	_, err := w.copyOut(ctx, false)
	return err
}

// keepStateAfter does it after a run, which is no worse where it fails: the next tries
// again.
func (a *app) keepStateAfter(ctx context.Context, w *workspace) {
	if lost := w.keepState(context.WithoutCancel(ctx)); lost != nil {
		a.logger().Warn("the store has no new copy of the state", "error", lost.Error())
	}
}

// copyOut makes the store's copies. One that this machine's chain does not go on from is
// not written over, unless that is meant: the state folder was lost, or is another's.
func (w *workspace) copyOut(ctx context.Context, replace bool) (head audit.Head, err error) {
	log, err := w.auditLog()
	if err != nil {
		return head, err
	}
	if !replace {
		if err := w.goesOn(ctx, log); err != nil {
			return head, err
		}
	}
	err = w.aside(func(dir string) error {
		s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
		if err != nil {
			return err
		}
		if s != nil {
			copied := filepath.Join(dir, state.Name)
			if err = errors.Join(s.Snapshot(ctx, copied), s.Close()); err == nil {
				_, err = lake.Upload(ctx, w.objects, stateKey, copied, 0)
			}
		}
		if err != nil {
			return err
		}
		copied := filepath.Join(dir, "audit.jsonl")
		if head, err = log.Copy(copied); err != nil || head.Seq == 0 {
			return err
		}
		if _, err = lake.Upload(ctx, w.objects, auditKey, copied, 0); err != nil {
			return err
		}
		end := filepath.Join(dir, "audit.head")
		b, err := json.Marshal(head)
		if err == nil {
			err = os.WriteFile(end, b, 0o600)
		}
		if err == nil {
			_, err = lake.Upload(ctx, w.objects, auditHeadKey, end, 0)
		}
		return err
	})
	return head, err
}

// goesOn refuses to write over copies that the chain here does not go on from.
func (w *workspace) goesOn(ctx context.Context, log *audit.Log) error {
	body, _, err := w.objects.Get(ctx, auditHeadKey)
	if errors.Is(err, lake.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(body, 4096))
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("read %q: %w", auditHeadKey, err)
	}
	var head audit.Head
	if err := json.Unmarshal(b, &head); err != nil {
		return fault.New(fault.Data, "state.copy.head", auditHeadKey).Because(err).Try("state.copy.other.hint")
	}
	if ok, err := log.Has(head); err != nil || ok {
		return err
	}
	return fault.New(fault.Config, "state.copy.other", w.folder(w.project.Config.State)).Try("state.copy.other.hint")
}

// aside lends a folder for files with personal data, which goes afterwards.
func (w *workspace) aside(f func(dir string) error) (err error) {
	folder, err := w.passing("guiji-state-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Remove()) }()
	return f(folder.Path)
}

// restored is what guiji state restore brought back.
type restored struct {
	Rows    int64  `json:"rows"`          // of what people decided, that were not here
	Records int64  `json:"audit_records"` // of the audit chain, that were not here
	Chain   int64  `json:"audit_chain"`   // how long it is now
	Broken  string `json:"broken,omitempty"`
}

func (a *app) restoreState() *cobra.Command {
	return &cobra.Command{
		Use:   "restore",
		Short: a.say("command.state.restore"),
		Long:  a.say("command.state.restore.long"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			out, err := a.bringBack(cmd.Context(), w)
			if err != nil {
				return err
			}
			if err := a.print(cmd, out, func() string { return a.restoredText(out) }); err != nil {
				return err
			}
			if out.Broken != "" {
				return &exitError{code: fault.Data.ExitCode()}
			}
			return nil
		},
	}
}

// bringBack takes over what the store's copies have and this machine has not, and holds
// the audit chain against the releases.
func (a *app) bringBack(ctx context.Context, w *workspace) (*restored, error) {
	out := &restored{}
	err := w.aside(func(dir string) error {
		decided, err := w.fetch(ctx, stateKey, filepath.Join(dir, state.Name))
		if err != nil {
			return err
		}
		told, err := w.fetch(ctx, auditKey, filepath.Join(dir, "audit.jsonl"))
		if err != nil {
			return err
		}
		if !decided && !told {
			return fault.New(fault.Config, "state.copy.none").Try("state.copy.none.hint")
		}
		if decided {
			if err := usable(ctx, dir); err != nil {
				return err
			}
		}
		log, err := w.auditLog()
		if err != nil {
			return err
		}
		if told {
			copied, err := audit.Open(dir)
			if err != nil {
				return err
			}
			if out.Records, err = log.Adopt(copied); err != nil {
				return err
			}
		}
		if decided {
			out.Rows, err = w.takeOver(ctx, dir)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, a.holdAgainst(ctx, w, out)
}

// usable brings the tables of a folder's copy up to date, and refuses one that is
// damaged.
func usable(ctx context.Context, dir string) error {
	copied, err := state.Open(ctx, dir)
	if err == nil {
		err = errors.Join(copied.Sound(ctx), copied.Close())
	}
	if err != nil {
		return fault.New(fault.KindOf(err), "state.copy.bad", stateKey).Because(err)
	}
	return nil
}

// takeOver adds what the copy of a folder holds to what people decided here.
func (w *workspace) takeOver(ctx context.Context, dir string) (rows int64, err error) {
	s, err := w.decided(ctx)
	if err != nil {
		return 0, err
	}
	rows, err = s.Restore(ctx, filepath.Join(dir, state.Name))
	return rows, errors.Join(err, s.Close())
}

// holdAgainst verifies the chain with the heads that releases pin, and adds to it that
// it was brought back.
func (a *app) holdAgainst(ctx context.Context, w *workspace, out *restored) error {
	releases, err := w.chain.Releases(ctx)
	if err != nil {
		return err
	}
	var anchors []audit.Head
	for _, r := range releases {
		if r.Audit != nil {
			anchors = append(anchors, *r.Audit)
		}
	}
	log, err := w.auditLog()
	if err != nil {
		return err
	}
	out.Chain, err = log.Verify(anchors...)
	if errors.Is(err, audit.ErrBroken) { // nothing may be added to it
		out.Broken = fault.Message(a.language(), err)
		return nil
	}
	if err != nil {
		return err
	}
	return a.audit(w, "state.restore", fmt.Sprintf("%d records, %d rows", out.Records, out.Rows), "")
}

// fetch copies an object of the store into a file; ok is false where there is none.
func (w *workspace) fetch(ctx context.Context, key, path string) (ok bool, err error) {
	body, _, err := w.objects.Get(ctx, key)
	if errors.Is(err, lake.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	if _, err = io.Copy(f, body); err != nil {
		return false, errors.Join(fmt.Errorf("read %q: %w", key, err), f.Close())
	}
	return true, f.Close()
}

func (a *app) restoredText(out *restored) string {
	lines := []string{a.say("command.state.restored", thousands(out.Rows), thousands(out.Records))}
	if out.Rows+out.Records == 0 {
		lines[0] = a.say("command.state.same")
	}
	if out.Broken != "" {
		return strings.Join(append(lines, out.Broken, a.say("command.state.lost")), "\n")
	}
	return strings.Join(append(lines, a.say("command.state.chain", thousands(out.Chain))), "\n")
}

// bringBackLost does it where this machine has nothing at all, as a new one has; nil where
// it has something, or the store nothing.
func (a *app) bringBackLost(ctx context.Context, w *workspace) (*restored, error) {
	for _, name := range []string{state.Name, "audit.jsonl"} {
		if _, err := os.Stat(filepath.Join(w.folder(w.project.Config.State), name)); !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	if _, err := w.objects.Head(ctx, auditHeadKey); errors.Is(err, lake.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return a.bringBack(ctx, w)
}
