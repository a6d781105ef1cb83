// Package filelock keeps goroutines and processes of one machine out of each other's way
// by a lock on a file. The packages of internal/state import it.
package filelock

import (
	"errors"
	"os"
	"syscall"
)

// Lock waits for the lock on a file, which is made (0600) where it is not there. It ends
// with unlock, or with the process.
func Lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}
