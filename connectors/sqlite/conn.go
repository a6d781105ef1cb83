package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"

	"guiji/internal/fault"
)

// conn is one connection to a file, without database/sql: rows come as SQLite
// stores them.
type conn struct {
	driver.Conn
	source *Source
}

// connect opens the file for reading alone.
func (s *Source) connect(ctx context.Context) (*conn, error) {
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: s.path}).EscapedPath(), RawQuery: url.Values{
		"mode": {"ro"},
		// What a file's own schema could do beyond answering is off.
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", s.settings.Wait.Milliseconds()), "query_only(1)", "trusted_schema(0)", "cell_size_check(1)"},
	}.Encode()}
	raw, err := (&sqlite.Driver{}).Open(address.String())
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	c := &conn{raw, s}
	if err := c.each(ctx, "SELECT count(*) FROM sqlite_schema", func([]driver.Value) error { return nil }); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// hold opens a transaction that sees one moment until the connection is closed.
func (c *conn) hold(ctx context.Context) error {
	for _, q := range []string{"BEGIN", "SELECT count(*) FROM sqlite_schema"} {
		if err := c.each(ctx, q, func([]driver.Value) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// copied is a connection to a copy of the file, taken in one go. The copy has no
// name any more by then: whatever becomes of this process, nothing is left of it.
func (s *Source) copied(ctx context.Context) (out *conn, err error) {
	from, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer from.close()
	dir, err := os.MkdirTemp(s.env.Scratch, "guiji-sqlite-*") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("make a folder for the copy: %w", err)
	}
	defer func() {
		if rerr := os.RemoveAll(dir); err == nil && rerr != nil {
			out.close()
			out, err = nil, fmt.Errorf("remove the folder of the copy: %w", rerr)
		}
	}()
	backup, err := from.Conn.(interface {
		NewBackup(string) (*sqlite.Backup, error)
	}).NewBackup(filepath.Join(dir, "copy"))
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	if _, err := backup.Step(-1); err != nil {
		return nil, errors.Join(s.explain(ctx, err), ignore(backup.Finish()))
	}
	raw, err := backup.Commit()
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	c := &conn{raw, s}
	for _, q := range []string{"PRAGMA query_only = 1", "PRAGMA trusted_schema = 0", "PRAGMA cell_size_check = 1"} {
		if err := c.each(ctx, q, func([]driver.Value) error { return nil }); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, c.hold(ctx)
}

// ignore lets go of what a broken backup says when it is given up.
func ignore(error) error { return nil }

func (c *conn) close() { _ = c.Conn.Close() } // nothing was written

// each runs a statement and hands over its rows; row must not keep them.
func (c *conn) each(ctx context.Context, query string, row func([]driver.Value) error, args ...string) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, named)
	if err != nil {
		return c.source.explain(ctx, err)
	}
	defer rows.Close()
	values := make([]driver.Value, len(rows.Columns()))
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return c.source.explain(ctx, ctx.Err())
		}
		err := rows.Next(values)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.source.explain(ctx, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
}

// SQLite's result codes that tell an operator what to do (sqlite.org/rescode.html).
const (
	codePerm     = 3
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNoDB     = 26

	codeShortRead = codeIO | 2<<8 // the file ends before a page it must have
)

// explain gives SQLite's errors a kind. Their texts may hold a piece of the schema,
// never a value.
func (s *Source) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fault.New(fault.Interrupted, "sqlite.interrupted", s.settings.Path).Because(ctx.Err())
	}
	var own *sqlite.Error
	if !errors.As(err, &own) {
		return err
	}
	code := own.Code() & 0xff
	if own.Code() == codeShortRead {
		code = codeCorrupt
	}
	switch code {
	case codeBusy, codeLocked:
		return fault.New(fault.Unreachable, "sqlite.busy", s.settings.Path, s.settings.Wait).Try("sqlite.busy.hint")
	case codeCorrupt, codeNoDB:
		return fault.New(fault.Data, "sqlite.corrupt", s.settings.Path).Because(err).Try("sqlite.corrupt.hint")
	case codePerm, codeReadOnly:
		return fault.New(fault.Refused, "sqlite.no_permission", s.settings.Path).Because(err)
	case codeCantOpen:
		return fault.New(fault.Refused, "sqlite.cannot_open", s.settings.Path).Because(err).Try("sqlite.cannot_open.hint")
	case codeFull, codeIO:
		return fault.New(fault.Unreachable, "sqlite.unreadable", s.settings.Path).Because(err)
	}
	return fault.New(fault.Data, "sqlite.refused", s.settings.Path).Because(err)
}

// quote quotes an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
