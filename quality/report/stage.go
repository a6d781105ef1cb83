package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"guiji/internal/fault"
)

// stage is a hidden folder beside the reports in which new ones are written.
// Renames within one file system swap them in, a department at a time.
type stage struct {
	dir, tmp string
	folders  []string
}

// newStage makes the folder anew; what a killed process left there is removed.
func newStage(dir string) (*stage, error) {
	s := &stage{dir: dir, tmp: filepath.Join(dir, ".stage")}
	err := errors.Join(os.MkdirAll(dir, 0o700), os.RemoveAll(s.tmp))
	if err == nil {
		err = os.Mkdir(s.tmp, 0o700)
	}
	if err != nil {
		return nil, fault.New(fault.Config, "report.folder", dir).Because(err).Try("report.folder.try")
	}
	return s, nil
}

// folder makes a department's folder; its name is an id, never a path.
func (s *stage) folder(id string) (string, error) {
	if !filepath.IsLocal(id) || filepath.Base(id) != id || id == "." {
		return "", fault.New(fault.Config, "report.id", id)
	}
	path := filepath.Join(s.tmp, id)
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", fmt.Errorf("make folder of department %q: %w", id, err)
	}
	s.folders = append(s.folders, id)
	return path, nil
}

// swap puts the new folders in the place of the old, the overall page last, so
// that it never names a report that is not there yet.
func (s *stage) swap() error {
	for _, id := range s.folders {
		home, old := filepath.Join(s.dir, id), filepath.Join(s.tmp, "."+id)
		if err := os.Rename(home, old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return s.explain(err)
		}
		if err := os.Rename(filepath.Join(s.tmp, id), home); err != nil {
			return errors.Join(s.explain(err), ignoreMissing(os.Rename(old, home)))
		}
	}
	for _, name := range []string{jsonFile, junitFile, pageFile} {
		if err := os.Rename(filepath.Join(s.tmp, name), filepath.Join(s.dir, name)); err != nil {
			return s.explain(err)
		}
	}
	return s.explain(s.leave())
}

// The files of the reports.
const (
	pageFile  = "index.html"
	jsonFile  = "report.json"
	junitFile = "junit.xml"
)

// Ours reports whether a name is that of a file this package makes in a department's
// folder: an earlier report's is replaced, anything else is left alone.
func Ours(name string) bool { return ours.MatchString(name) }

var ours = regexp.MustCompile(`^(index\.html|report\.json|notice\.(html|docx)|problems(-\d+)?\.html|work-list(-\d+)?\.xlsx)$`)

// leave removes the reports of departments that the catalogue no longer has: they hold
// values that nobody answers for. What guiji does not make stays, and so does every
// folder without a work list.
func (s *stage) leave() error {
	folders, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range folders {
		home := filepath.Join(s.dir, e.Name())
		if _, err := os.Lstat(filepath.Join(home, "work-list.xlsx")); !e.IsDir() || e.Name()[0] == '.' || slices.Contains(s.folders, e.Name()) || err != nil {
			continue
		}
		files, err := os.ReadDir(home)
		if err != nil {
			return err
		}
		for _, f := range files {
			if ours.MatchString(f.Name()) {
				if err := os.Remove(filepath.Join(home, f.Name())); err != nil {
					return err
				}
			}
		}
		_ = os.Remove(home) // what is somebody else's keeps it
	}
	return nil
}

func (s *stage) explain(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Config, "report.swap", s.dir).Because(err).Try("report.folder.try")
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// discard removes what is left of the stage: after a swap the old reports.
func (s *stage) discard() { _ = os.RemoveAll(s.tmp) }
