package localdir

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// lockWait bounds the wait for another process's compare-and-swap, which takes
// milliseconds unless that process was stopped in the middle.
const lockWait = 30 * time.Second

// lock takes the store's lock, in this process and among processes.
func (d *Dir) lock(ctx context.Context) (unlock func(), err error) {
	f, err := d.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, explain(d.path, err)
	}
	deadline := time.Now().Add(lockWait)
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil // closing gives the lock back
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			break
		}
		if time.Now().After(deadline) {
			err = fault.New(fault.Unreachable, "lake.local.locked", d.path).Try("lake.local.locked.hint")
			break
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	f.Close()
	return nil, explain(d.path, err)
}

// explain gives a file system's error its kind. What is no error of the file
// system passes.
func explain(dir string, err error) error {
	var fe *fault.Error
	switch {
	case err == nil, errors.As(err, &fe), errors.Is(err, lake.ErrConflict), errors.Is(err, lake.ErrNotFound):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Unreachable, "lake.local.full", dir).Try("lake.local.full.hint")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Refused, "lake.local.rights", dir).Because(err).Try("lake.local.rights.hint")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return lake.ErrNotFound
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.ESTALE):
		return fault.New(fault.Unreachable, "lake.local.io", dir).Because(err)
	}
	return err
}
