package pipelines

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"guiji/internal/fault"
)

// scratch is a run's folder for what is not landed yet. It is locked while the run
// lives, so that what a killed run left, personal data among it, can be told from
// what is in use.
type scratch struct {
	path string
	lock *os.File
}

// newScratch makes the folder of a run under base ("" is the system's), and clears
// away those of killed runs.
func newScratch(base, id string) (*scratch, error) {
	if base == "" {
		base = os.TempDir()
	}
	sweepScratch(base)
	for {
		path, err := os.MkdirTemp(base, "guiji-"+id+"-")
		if err != nil {
			return nil, fault.New(fault.Config, "pipeline.scratch", base).Because(err).Try("pipeline.scratch.hint")
		}
		lock, err := lockFolder(path, os.Getuid())
		if err != nil {
			return nil, fault.New(fault.Config, "pipeline.scratch", base).Because(err).Try("pipeline.scratch.hint")
		}
		if _, err := os.Stat(path); err == nil {
			return &scratch{path, lock}, nil
		}
		lock.Close() // another run swept it before it was locked
	}
}

// remove clears the folder away.
func (s *scratch) remove() {
	_ = os.RemoveAll(s.path)
	_ = s.lock.Close()
}

// sweepScratch removes run folders that nobody holds. base may be open to all
// (/tmp): what is no folder or another account's is let alone.
func sweepScratch(base string) {
	left, _ := filepath.Glob(filepath.Join(escape(base), "guiji-[0-9]*T[0-9]*-*"))
	for _, path := range left {
		if lock, err := lockFolder(path, os.Getuid()); err == nil {
			_ = os.RemoveAll(path)
			_ = lock.Close()
		}
	}
}

// lockFolder takes the lock of a folder of the account, without waiting: not for
// the lock, and not for a writer to a pipe that was put in the folder's place.
func lockFolder(path string, uid int) (*os.File, error) {
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

// escape takes the meaning from a path's signs of patterns.
func escape(path string) string {
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
