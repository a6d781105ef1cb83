// Package state holds what people decided and no release can tell: disputes. It is one
// SQLite file in the project's state folder, beside the audit chain; several processes
// may use it at once. pipelines, publish and cmd import it; it imports internal only.
package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"guiji/internal/fault"
	"guiji/internal/state/filelock"
)

// Name is the state's file in its folder.
const Name = "state.db"

const lockFile = "state.lock"

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the state of one project.
type Store struct {
	db  *sql.DB
	dir string
}

// Open opens the state in a folder and brings its tables up to date; folder (0700) and
// file (0600) are made where they are not there.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(dir, err)
	}
	path, err := filepath.Abs(filepath.Join(dir, Name))
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would make it readable to all
	if err != nil {
		return nil, explain(dir, err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	set := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: set.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open the state in %s: %w", dir, err)
	}
	s := &Store{db: db, dir: dir}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(explain(dir, err), db.Close())
	}
	return s, nil
}

// OpenExisting is Open for who only reads: nil where nothing was ever decided.
func OpenExisting(ctx context.Context, dir string) (*Store, error) {
	if _, err := os.Stat(filepath.Join(dir, Name)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return Open(ctx, dir)
}

// Close closes the state; a nil one is closed.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	return s.db.Close()
}

// migrate makes the tables, alone among processes. A file of a later guiji is refused:
// what it says may mean something else there.
func (s *Store) migrate(ctx context.Context) error {
	unlock, err := filelock.Lock(filepath.Join(s.dir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	now, last, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case now > last:
		return fault.New(fault.Config, "state.newer", s.dir).Try("state.newer.hint")
	case now < last:
		_, err = p.Up(ctx)
	}
	return err
}

// Snapshot writes the state as it is now to a file that is not there yet.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	_, err := s.db.ExecContext(ctx, "VACUUM INTO ?", path)
	if err != nil {
		return explain(s.dir, err)
	}
	return os.Chmod(path, 0o600)
}

// within runs f in one transaction that holds others off from its beginning.
func (s *Store) within(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.dir, err)
	}
	if err := f(tx); err != nil {
		return errors.Join(explain(s.dir, err), ended(tx.Rollback()))
	}
	return explain(s.dir, tx.Commit())
}

// ended takes no offence at a transaction that ended by itself.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// explain gives an error of SQLite or of the file system its kind.
func explain(dir string, err error) error {
	var own *fault.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	code := 0
	var e *sqlite.Error
	if errors.As(err, &e) {
		if code = e.Code() & 0xFF; e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the file beside the log
			code = sqlite3.SQLITE_FULL
		}
	}
	switch {
	case code == sqlite3.SQLITE_FULL, errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.Unreachable, "state.full", dir)
	case code == sqlite3.SQLITE_BUSY, code == sqlite3.SQLITE_LOCKED:
		return fault.New(fault.Locked, "state.busy", dir)
	case code == sqlite3.SQLITE_CORRUPT, code == sqlite3.SQLITE_NOTADB:
		return fault.New(fault.Data, "state.damaged", filepath.Join(dir, Name)).Try("state.damaged.hint")
	case code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_CANTOPEN, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Refused, "state.rights", dir)
	case errors.Is(err, syscall.ENOTDIR):
		return fault.New(fault.Config, "state.folder", dir).Try("audit.folder.hint")
	}
	return fmt.Errorf("state in %s: %w", dir, err)
}
