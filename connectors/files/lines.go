package files

import (
	"bytes"
	"context"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Lines is a source of files of which each line is a row of text in UTF-8. A connector of
// such files is its settings and Parse.
type Lines struct {
	Folder *Folder
	Env    connectors.Env
	Form   string // what columns say of their type: json
	// Parse reads a line, or names the message that says why it is bad.
	Parse func(line []byte) (row Row, why string)
}

// Row is one line: its names in the order they come, and their values; nil is NULL.
type Row struct {
	Names  []string
	Values map[string]*string
}

// Close has nothing to release: files are open only while they are read.
func (s *Lines) Close() error { return nil }

// Files finds the files of a table.
func (s *Lines) Files(table string) ([]File, error) { return s.Folder.Resolve(table) }

// FileTables lists every file and every folder that has one.
func (s *Lines) FileTables() ([]string, error) { return s.Folder.Tables() }

// headRows is how many lines tell what columns there are.
const headRows = 1000

// Discover describes tables by the beginnings of their files.
func (s *Lines) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	return Describe(tables, s.Folder.Tables, func(name string) (connectors.Table, error) {
		found, err := s.Folder.Resolve(name)
		if err != nil {
			return connectors.Table{}, err
		}
		t := connectors.Table{Name: name, Rows: -1}
		names, err := s.columns(ctx, found)
		if err != nil {
			return connectors.Table{}, err
		}
		for _, c := range names {
			t.Columns = append(t.Columns, connectors.Column{Name: c, SourceType: s.Form, Type: arrow.BinaryTypes.String, Nullable: true})
		}
		return t, nil
	})
}

// columns are the names in the files' first lines, in the order they appear.
func (s *Lines) columns(ctx context.Context, found []File) (names []string, err error) {
	for _, f := range found {
		n := 0
		err := s.each(ctx, f, func(_ int, text []byte) error {
			row, _ := s.Parse(text) // a bad line has no names
			for _, name := range row.Names {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			if n++; n == headRows {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			return nil, err
		}
	}
	return names, nil
}

// Snapshot looks whether the columns are there and divides the files among parts.
func (s *Lines) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	picked, err := s.Folder.Pick(req)
	if err != nil {
		return nil, err
	}
	return s.Over(ctx, req, picked)
}

// Over opens a snapshot of files that were picked.
func (s *Lines) Over(ctx context.Context, req connectors.Request, picked Picked) (connectors.Snapshot, error) {
	if req.Window != nil {
		return nil, fault.New(fault.Config, "files.window", req.Table)
	}
	names, err := s.columns(ctx, picked.Fresh)
	if err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for _, c := range req.Columns {
		if len(names) > 0 && !slices.Contains(names, c) {
			return nil, fault.New(fault.Config, "files.no_member", req.Table, c)
		}
		fields = append(fields, arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	n := &lines{Lines: s, Picked: picked, request: req, schema: arrow.NewSchema(fields, nil)}
	n.parts, err = Divide(picked.Fresh, req)
	return n, err
}

// trimmed is a line without its end and without a byte order mark.
func trimmed(line []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimRight(line, "\r\n"), []byte{0xEF, 0xBB, 0xBF})
}
