package deliver

import (
	"context"
	"path/filepath"
	"sync"

	"guiji/internal/fault"
)

// shelf keeps the folder of a release's reports while its messages are made and sent:
// where reports of another release lie in the project's folder, making them anew takes
// long, and is to be done once, not for each department.
type shelf struct {
	open func(ctx context.Context, release uint64) (dir string, done func() error, err error)

	mu   sync.Mutex
	kept *reports
}

// reports are those of a release, in a folder.
type reports struct {
	release uint64
	dir     string
	done    func() error
	users   int
	retired bool // who gives it back last removes it
}

// take is the folder of a release's reports; back gives it back. The department's is
// looked at, as a run may write into the folder meanwhile: "" the whole's.
func (s *shelf) take(ctx context.Context, release uint64, department string) (dir string, back func() error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.kept; k == nil || k.release != release || Made(filepath.Join(k.dir, department)) != release {
		if err := s.retire(); err != nil {
			return "", nil, err
		}
		dir, done, err := s.open(ctx, release)
		if err != nil {
			return "", nil, err
		}
		s.kept = &reports{release: release, dir: dir, done: done}
	}
	r := s.kept
	r.users++
	back = func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.users--; r.users == 0 && r.retired {
			return r.done()
		}
		return nil
	}
	if Made(filepath.Join(r.dir, department)) != release { // a run has made others meanwhile
		r.users--
		return "", nil, fault.New(fault.Unreachable, "deliver.reports", release)
	}
	return r.dir, back, nil
}

// retire has the kept folder removed as soon as nobody reads it. The caller holds mu.
func (s *shelf) retire() error {
	r := s.kept
	if r == nil {
		return nil
	}
	s.kept, r.retired = nil, true
	if r.users > 0 {
		return nil
	}
	return r.done()
}

// clear keeps nothing any more: what a folder holds are values.
func (s *shelf) clear() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.retire()
}
