// Package remote reads files that departments drop into a folder on another machine: those
// of a table are fetched into the run's scratch folder and read by the connectors of local
// files as if they had been dropped there. Connectors of such folders import it; they differ
// in how a folder is listed and a file fetched.
package remote

import (
	"context"
	"io"
	"time"

	"guiji/connectors"
	"guiji/connectors/files"
)

// Folder is a folder on another machine.
type Folder interface {
	// Name is how people and errors name it: sftp://host/path.
	Name() string
	// Connect begins to use it. Errors are of kind fault.Unreachable, fault.Refused or fault.Config.
	Connect(ctx context.Context) (Session, error)
}

// Session is a folder in use, by one goroutine. Errors have their kind; after one of
// fault.Unreachable the session is closed and begun anew.
type Session interface {
	// List hands over the files below the folder as they are, in any order, their names
	// relative to it. Folders that into refuses need not be looked into.
	List(ctx context.Context, into func(folder string) bool, take func(files.File) error) error
	// Fetch writes a file from an offset to its end. One that is not what was listed, then or
	// at its end, is fault.Changed.
	Fetch(ctx context.Context, file files.File, offset int64, to io.Writer) error
	Close() error
}

// Source is a folder of a project. A connector of one is its settings and a Folder.
type Source struct {
	Folder  Folder
	Env     connectors.Env
	Formats Formats
	Limit   int           // MiB that the files of one table may have together
	Silence time.Duration // how long a file may not grow while it is fetched
	How     any           // what of the settings says what is read: it is no place for an account
}

// Close has nothing to release: a session lasts no longer than it is needed.
func (s *Source) Close() error { return nil }

// Discover describes tables of the files there are now, by the first file of each.
func (s *Source) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	v, err := s.visit(ctx, tables...)
	if err != nil {
		return nil, err
	}
	defer v.remove()
	wanted := tables
	if len(tables) == 0 {
		if wanted, err = v.reader.FileTables(); err != nil {
			return nil, err
		}
	}
	var lost []connectors.Table
	for _, t := range wanted {
		found, err := v.reader.Files(t)
		if err == nil {
			err = v.fetch(ctx, found[:1])
		}
		if err == nil {
			continue
		}
		if len(tables) > 0 || !connectors.OfOneTable(err) || v.forget(found) != nil {
			return nil, err
		}
		lost = append(lost, connectors.Table{Name: t, Rows: -1, Problem: err})
	}
	out, err := v.reader.Discover(ctx, tables...)
	if err != nil {
		return nil, err
	}
	return append(out, lost...), nil
}

// Doctor counts the files that the account can see, and reads the beginning of one.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	v, err := s.visit(ctx)
	if err != nil {
		return nil, err
	}
	defer v.remove()
	n := len(v.listed)
	out := []connectors.Finding{{OK: n > 0, Warning: n == 0, Key: "remote.doctor", Args: []any{s.Folder.Name(), n}}}
	if v.passed > 0 {
		out = append([]connectors.Finding{{Warning: true, Key: "remote.doctor.passed", Args: []any{s.Folder.Name(), v.passed}}}, out...)
	}
	tables, err := v.reader.FileTables()
	if err != nil {
		return nil, err
	}
	if len(tables) == 0 {
		return out, nil
	}
	found, err := v.reader.Files(tables[0])
	if err != nil {
		return nil, err
	}
	if err := v.session.Fetch(ctx, v.listed[found[0].Name].File, 0, &first{}); err != nil && !isEnough(err) {
		return nil, err
	}
	return append(out, connectors.Finding{OK: true, Key: "remote.doctor.reads", Args: []any{found[0].Name, len(tables)}}), nil
}
