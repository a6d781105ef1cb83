package deliver

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"guiji/internal/fault"
	"guiji/publish/outbox"
)

// told remembers messages whose password stays until somebody is told: they were sent.
type told struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (t *told) is(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ids[id]
}

func (t *told) set(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ids[id] = true
}

// forgetUnsent removes the passwords that this machine keeps of messages that were ended,
// by whatever machine, or that the outbox has forgotten: nobody can be told them any more.
func (d *Deliverer) forgetUnsent(ctx context.Context) error {
	list, err := os.ReadDir(d.Passwords)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Config, "deliver.password.folder").Because(err)
	}
	for _, f := range list {
		at, err := f.Info()
		if err != nil {
			continue // it was told just now
		}
		age := d.Now().Sub(at.ModTime())
		if strings.HasPrefix(f.Name(), passwordDraft) && age > outbox.Stale { // who wrote it was killed
			if err := os.Remove(filepath.Join(d.Passwords, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fault.New(fault.Config, "deliver.password.folder").Because(err)
			}
		}
		name, ok := strings.CutSuffix(f.Name(), passwordEnding)
		if id := strings.Replace(name, "-", "/", 1); ok && (!d.told.is(id) || age > outbox.Forget) {
			if err := d.forgetIfEnded(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Deliverer) forgetIfEnded(ctx context.Context, id string) error {
	e, err := d.box.Read(ctx, id)
	switch {
	case err != nil:
		return err
	case e == nil || e.Ended != "":
		return d.forget(id)
	case !e.Open():
		d.told.set(id)
	}
	return nil
}
