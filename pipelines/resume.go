package pipelines

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/transforms/standardize"
)

// resumeLife is how long the finished parts of a run that died are kept for the next.
const resumeLife = 24 * time.Hour

// resume is the folder, below the scratch folder, that keeps finished parts beyond the
// process that read them:
//
//	guiji-resume-<project>-<pipeline>/<department__name>/<fingerprint of the part>/
//
// One run holds its lock, which ends with the process; the pipeline's lease is held
// before. Folders are 0700 and files 0600: they hold rows.
type resume struct {
	path  string
	lock  *os.File
	mu    sync.Mutex
	taken map[string]int // by resource: parts of an earlier run
}

// openResume opens the folder of a pipeline; nil where another run holds it: that run is
// not ours to take from.
func openResume(base, project, pipeline string) (*resume, error) {
	if base == "" {
		base = os.TempDir()
	}
	sweepResume(base, time.Now())
	sum := sha256.Sum256([]byte(project))
	path := filepath.Join(base, "guiji-resume-"+hex.EncodeToString(sum[:4])+"-"+pipeline)
	if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
		return nil, fault.New(fault.Config, "pipeline.scratch", base).Because(err).Try("pipeline.scratch.hint")
	}
	lock, err := lockFolder(path, os.Getuid())
	if err != nil {
		return nil, nil //nolint:nilerr // another's: this run keeps its parts to itself
	}
	if err := lock.Chmod(0o700); err != nil {
		lock.Close()
		return nil, err
	}
	return &resume{path: path, lock: lock, taken: map[string]int{}}, nil
}

// close gives the folder up, and removes it where it is empty.
func (s *resume) close() {
	if s == nil {
		return
	}
	_ = os.Remove(s.path) // fails where parts are left, which is what they are for
	_ = s.lock.Close()
}

// sweepResume removes folders that no run has touched for resumeLife and none holds.
func sweepResume(base string, now time.Time) {
	left, _ := filepath.Glob(filepath.Join(escape(base), "guiji-resume-*"))
	for _, path := range left {
		lock, err := lockFolder(path, os.Getuid())
		if err != nil {
			continue
		}
		if now.Sub(newest(path)) > resumeLife {
			_ = os.RemoveAll(path)
		}
		_ = lock.Close()
	}
}

// newest is when something below a folder last changed.
func newest(path string) time.Time {
	var last time.Time
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			if st, err := d.Info(); err == nil && st.ModTime().After(last) {
				last = st.ModTime()
			}
		}
		return nil
	})
	return last
}

// drop removes what is kept of a resource: it has landed, or nothing will come of it.
func (s *resume) drop(resource string) {
	if s != nil {
		_ = os.RemoveAll(filepath.Join(s.path, table(resource)))
	}
}

// took notes that a part was taken up.
func (s *resume) took(resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[resource]++
}

// parts is how many parts of a resource were taken up.
func (s *resume) parts(resource string) int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken[resource]
}

// kept keeps the finished parts of one resource under one fingerprint; nil keeps none.
type kept struct {
	path        string
	fingerprint string
}

// keeper is where the finished parts of a resource are kept: nowhere, where the source
// cannot tell that another snapshot gives the same rows in the same parts.
func (r *run) keeper(out *pulled, snap connectors.Snapshot) *kept {
	named, ok := snap.(connectors.Identified)
	if r.resume == nil || !ok || named.Identity() == "" || r.req.Sample > 0 {
		return nil
	}
	if r.Project.Config.Encryption != (catalog.Encryption{}) { // what is kept is plain, and would outlive the run
		return nil
	}
	rules, err := rulesMetadata(out.rules)
	if err != nil {
		return nil // the pull says so
	}
	window := connectors.Window{}
	if out.reach != nil && out.reach.window != nil {
		window = *out.reach.window
	}
	definition := standardize.Definition(out.plan.res, out.plan.items, r.Project.Codes, r.Project.Elements...)
	h := sha256.New()
	for _, part := range []string{
		resumeForm, r.Version, named.Identity(), definition, rules[rulesKey], out.env.Today, r.Project.Config.Timezone, out.plan.Connection, out.plan.Table,
		fmt.Sprint(out.plan.columns(), out.plan.keyColumns(), r.Project.Config.Defaults.Batch, window),
	} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return &kept{path: filepath.Join(r.resume.path, table(out.plan.Resource)), fingerprint: hex.EncodeToString(h.Sum(nil))}
}

// prune removes what is kept of a resource under any other fingerprint: the source has
// changed since, and never comes back to that moment.
func (k *kept) prune(parts []connectors.Part) {
	mine := map[string]bool{}
	for _, p := range parts {
		mine[k.folder(p)] = true
	}
	entries, _ := os.ReadDir(k.path)
	for _, e := range entries {
		if path := filepath.Join(k.path, e.Name()); !mine[path] {
			_ = os.RemoveAll(path)
		}
	}
}

// folder is that of one part: another part, or another snapshot, has another.
func (k *kept) folder(part connectors.Part) string {
	b, _ := json.Marshal(connectors.Part{ID: part.ID, Spec: part.Spec}) // Rows is an estimate
	sum := sha256.Sum256([]byte(k.fingerprint + string(b)))
	return filepath.Join(k.path, hex.EncodeToString(sum[:12]))
}
