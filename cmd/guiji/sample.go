package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"guiji/catalog"
	"guiji/internal/fault"
)

// sampleStore turns a project to a store, serving and report folder of its own,
// so that a sample never meets real releases: .guiji/sample in the project. It
// holds personal data, so there is one, for the account alone and out of git, and
// the next sample takes its place. done gives it free for that.
func sampleStore(p *catalog.Project) (dir string, done func(), err error) {
	home, err := filepath.Abs(filepath.Join(p.Dir, ".guiji"))
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(home, "sample")
	refused := func(err error) (string, func(), error) {
		return "", nil, fault.New(fault.Config, "pipeline.scratch", home).Because(err).Try("pipeline.scratch.hint")
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return refused(err)
	}
	lock, err := os.Open(home)
	if err != nil {
		return refused(err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return "", nil, errors.Join(fault.New(fault.Locked, "command.run.sample.busy", dir), lock.Close())
	}
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(home, ".gitignore"), []byte("*\n"), 0o600), os.RemoveAll(dir), os.Mkdir(dir, 0o700))
	}
	if err != nil {
		lock.Close()
		return refused(err)
	}
	p.Config.Store = "file://" + filepath.Join(dir, "lake")
	p.Config.Serving, p.Config.Reports = filepath.Join(dir, "serving"), filepath.Join(dir, "reports")
	return dir, func() { lock.Close() }, nil
}
