package main

import (
	"os/user"

	"guiji/internal/state/audit"
)

// auditLog opens the project's audit chain.
func (w *workspace) auditLog() (*audit.Log, error) {
	return audit.Open(w.folder(w.project.Config.State))
}

// audit records an act of this process's user; what it speaks of may be done only
// after it returned.
func (a *app) audit(w *workspace, act, object, reason string) error {
	log, err := w.auditLog()
	if err != nil {
		return err
	}
	_, err = log.Append(audit.Entry{Actor: actor(), Act: act, Object: object, Reason: reason})
	return err
}

// auditHead is where the chain ends, for a release to anchor.
func (w *workspace) auditHead() (audit.Head, error) {
	log, err := w.auditLog()
	if err != nil {
		return audit.Head{}, err
	}
	return log.Head()
}

// actor is the account of the operating system that runs guiji.
func actor() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "?"
}
