package pipelines

import (
	"os"

	"guiji/internal/fault"
	folder "guiji/internal/scratch"
)

// scratch is a run's folder for what is not landed yet.
type scratch struct {
	path string
	f    *folder.Folder
}

// newScratch makes the folder of a run under base ("" is the system's), and clears
// away those of killed runs.
func newScratch(base, id string) (*scratch, error) {
	if base == "" {
		base = os.TempDir()
	}
	folder.Sweep(base, "guiji-[0-9]*T[0-9]*-*")
	f, err := folder.New(base, "guiji-"+id+"-")
	if err != nil {
		return nil, fault.New(fault.Config, "pipeline.scratch", base).Because(err).Try("pipeline.scratch.hint")
	}
	return &scratch{f.Path, f}, nil
}

// remove clears the folder away.
func (s *scratch) remove() { _ = s.f.Remove() }

// lockFolder takes the lock of a folder of the account, without waiting.
func lockFolder(path string, uid int) (*os.File, error) { return folder.Lock(path, uid) }

// escape takes the meaning from a path's signs of patterns.
func escape(path string) string { return folder.Escape(path) }
