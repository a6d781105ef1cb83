// Package scratch keeps folders for what must not outlive a process. Each is locked
// while its process lives, so that what a killed one left, personal data among it,
// can be told from what is in use. Any room may import it.
package scratch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folder is a locked folder (0700).
type Folder struct {
	Path string
	lock *os.File
}

// New makes a folder named prefix and something random under base, "" for the
// system's.
func New(base, prefix string) (*Folder, error) {
	if base == "" {
		base = os.TempDir()
	}
	for {
		path, err := os.MkdirTemp(base, prefix)
		if err != nil {
			return nil, err
		}
		lock, err := Lock(path, os.Getuid())
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EWOULDBLOCK) {
			continue // another process is sweeping it
		}
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(path); err == nil {
			return &Folder{path, lock}, nil
		}
		lock.Close() // swept before it was locked
	}
}

// Remove clears the folder away.
func (f *Folder) Remove() error {
	return errors.Join(os.RemoveAll(f.Path), f.lock.Close())
}

// Sweep removes the folders under base whose names match the pattern (filepath.Match)
// and that nobody holds. base may be open to all (/tmp): what is no folder or another
// account's is let alone.
func Sweep(base, pattern string) {
	if base == "" {
		base = os.TempDir()
	}
	left, _ := filepath.Glob(filepath.Join(Escape(base), pattern))
	for _, path := range left {
		if lock, err := Lock(path, os.Getuid()); err == nil {
			_ = os.RemoveAll(path)
			_ = lock.Close()
		}
	}
}

// Lock locks a folder of the account, without waiting: not for the lock, and not
// for a writer to a pipe that was put in the folder's place.
func Lock(path string, uid int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	var st syscall.Stat_t
	if err = syscall.Fstat(int(f.Fd()), &st); err == nil && int(st.Uid) != uid {
		err = fs.ErrPermission
	}
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Escape takes the meaning from a path's signs of patterns.
func Escape(path string) string {
	var out []byte
	for i := range len(path) {
		switch path[i] {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, path[i])
	}
	return string(out)
}
