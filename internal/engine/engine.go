// Package engine is the one door to DuckDB: sessions with their limits, Arrow in,
// Parquet out, quoted SQL. Build with the tag duckdb_arrow (the Makefile sets
// it). lake/serving, quality/sets, quality/report, transforms/onesource,
// pipelines and cmd import it; the commit protocol and the kernels do not.
package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2"

	"guiji/internal/fault"
	"guiji/internal/scratch"
)

// Options are a session's limits.
type Options struct {
	Path     string // database file; "" is in memory
	ReadOnly bool
	Temp     string // where each session spills, to a folder of its own; "" beside Path, where it may be written to, or the system's
	Memory   string // memory_limit, e.g. 400MB (RSS is about 1.4 times that); "" 400MB
	Threads  int    // 0: one per core; at least 2, for a single thread cuts row groups elsewhere and its files differ
	Locked   bool   // no file access beyond Allowed, no extensions, settings locked
	Allowed  []string
}

// Session is one DuckDB instance with a pinned connection, so that temporary
// tables are seen by all its statements. Its methods are for one goroutine, but
// for CopyArrow, which opens a connection of its own.
type Session struct {
	connector *duckdb.Connector
	db        *sql.DB
	conn      *sql.Conn
	limits    Options         // as they came, what was left out filled in
	spill     *scratch.Folder // nil: it cannot be made, and nothing is spilled
	views     atomic.Int64
}

// Open starts a session.
func Open(ctx context.Context, o Options) (*Session, error) {
	if o.Memory == "" {
		o.Memory = "400MB"
	}
	if o.Threads == 0 {
		o.Threads = runtime.NumCPU()
	}
	o.Threads = max(o.Threads, 2)
	if o.Temp == "" && o.Path != "" && !o.ReadOnly {
		o.Temp = filepath.Dir(o.Path)
	}
	if o.Temp == "" {
		o.Temp = os.TempDir()
	}
	dsn := o.Path
	if o.ReadOnly {
		dsn += "?access_mode=read_only"
	}
	connector, err := duckdb.NewConnector(dsn, nil)
	if err != nil {
		return nil, fault.New(fault.Internal, "engine.open").Because(err)
	}
	s := &Session{connector: connector, db: sql.OpenDB(connector), limits: o}
	s.spillTo(o.Temp)
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return nil, errors.Join(fault.New(fault.Internal, "engine.open").Because(err), s.Close())
	}
	for _, set := range settings(o, s.spill) {
		if err := s.Exec(ctx, "settings", set); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func settings(o Options, spill *scratch.Folder) []string {
	to := ""
	if spill != nil {
		to = spill.Path
	}
	out := []string{
		"SET temp_directory = " + Lit(to),
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		fmt.Sprintf("SET memory_limit = %s", Lit(o.Memory)),
		fmt.Sprintf("SET threads = %d", o.Threads),
		"SET TimeZone = 'UTC'",                    // timestamps are wall clock without zone: nothing may shift them
		"SET allocator_background_threads = true", // what is freed goes back at once: a fifth less resident memory, for no CPU
	}
	if o.Locked {
		dirs := make([]string, len(o.Allowed))
		for i, d := range o.Allowed {
			dirs[i] = Lit(d)
		}
		if len(dirs) > 0 {
			out = append(out, "SET allowed_directories = ["+strings.Join(dirs, ", ")+"]")
		}
		out = append(out, "SET enable_external_access = false", "SET lock_configuration = true")
	}
	return out
}

// spillTo makes the folder a session spills to. DuckDB calls the files of every session
// alike and locks none: two in one folder would read each other's rows, or crash. Those
// that killed processes left go now, as they hold values.
func (s *Session) spillTo(dir string) {
	scratch.Sweep(dir, spills+"*")
	if f, err := scratch.New(dir, spills); err == nil { // else no more than memory holds can be done
		s.spill = f
	}
}

// spills is how the folders' names begin.
const spills = "duckdb_spill-"

// Close ends the session and drops its temporary tables.
func (s *Session) Close() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.db.Close(), s.connector.Close())
	if s.spill != nil {
		errs = append(errs, s.spill.Remove())
		s.spill = nil
	}
	return errors.Join(errs...)
}

// Exec runs one statement; step names it in errors.
func (s *Session) Exec(ctx context.Context, step, query string) error {
	_, err := s.conn.ExecContext(ctx, query)
	return s.explain(ctx, step, err)
}

// Atomically runs statements as one transaction, which writes and syncs a file once and not for
// each of them. With an error none of them has happened.
func (s *Session) Atomically(ctx context.Context, step string, do func() error) error {
	if err := s.Exec(ctx, step, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := do(); err != nil {
		_ = s.Exec(context.WithoutCancel(ctx), step, "ROLLBACK") // what broke it tells more
		return err
	}
	return s.Exec(ctx, step, "COMMIT")
}

// Query runs one query; step names it in errors.
func (s *Session) Query(ctx context.Context, step, query string, args ...any) (*sql.Rows, error) {
	rows, err := s.conn.QueryContext(ctx, query, args...)
	return rows, s.explain(ctx, step, err)
}

// Row runs a query of one row into dest.
func (s *Session) Row(ctx context.Context, step, query string, dest ...any) error {
	return s.explain(ctx, step, s.conn.QueryRowContext(ctx, query).Scan(dest...))
}

// Scanner reads the columns of the row at hand, as sql.Rows.Scan does.
type Scanner func(dest ...any) error

// Each runs a query and hands over its rows one at a time; step names it in errors. A query that
// breaks off in the midst is an error too, never a shorter list.
func (s *Session) Each(ctx context.Context, step, query string, row func(Scanner) error, args ...any) error {
	rows, err := s.Query(ctx, step, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	scan := func(dest ...any) error { return s.explain(ctx, step, rows.Scan(dest...)) }
	return s.hand(ctx, step, rows, func() error { return row(scan) })
}

// EachText is Each for queries whose columns are read as text, nil for NULL. Each row is a slice
// of its own.
func (s *Session) EachText(ctx context.Context, step, query string, row func([]*string) error, args ...any) error {
	rows, err := s.Query(ctx, step, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return s.explain(ctx, step, err)
	}
	return s.hand(ctx, step, rows, func() error {
		texts, to := make([]*string, len(columns)), make([]any, len(columns))
		for i := range texts {
			to[i] = &texts[i]
		}
		if err := rows.Scan(to...); err != nil {
			return s.explain(ctx, step, err)
		}
		return row(texts)
	})
}

// hand goes through the rows of a query and looks at how they ended.
func (s *Session) hand(ctx context.Context, step string, rows *sql.Rows, row func() error) error {
	for rows.Next() {
		if err := row(); err != nil {
			return err
		}
	}
	return s.explain(ctx, step, rows.Err())
}

// dictionaryLimit is the most distinct values of a row group's column that are
// written as a dictionary: a longer one costs a fifth of the CPU of a copy and
// saves nothing that zstd does not find.
// Every text column being written holds a buffer of dictionaryBytes: by DuckDB's
// default of 1 MB, 600 columns would take 600 MB.
const (
	dictionaryLimit = 4096
	dictionaryBytes = 128 << 10
)

// ParquetOptions say how COPY writes. The zero value is what every layer uses.
type ParquetOptions struct {
	RowGroup int               // rows per row group; 0: 122 880, fewer for wide tables
	Metadata map[string]string // key-value metadata of the file
	// Columns are the file's, as SQL over those of a copied stream, which must all be read, and
	// first in their order (CopyArrow tells why); nil: as they are.
	Columns []string
}

// rowGroup is how many rows of so many columns make a row group. DuckDB gathers a
// row group per thread before it writes: of 300 columns, 122 880 rows would be
// 600 MB of it.
func rowGroup(columns int) int {
	const rows, chunk, wide = 122_880, 2048, 48
	if columns <= wide {
		return rows
	}
	return max(chunk, rows*wide/columns/chunk*chunk)
}

func (o ParquetOptions) sql(columns int) string {
	if o.RowGroup == 0 {
		o.RowGroup = rowGroup(columns)
	}
	meta := ""
	if len(o.Metadata) > 0 {
		var kv []string
		for _, k := range slices.Sorted(maps.Keys(o.Metadata)) {
			kv = append(kv, Ident(k)+": "+Lit(o.Metadata[k]))
		}
		meta = ", KV_METADATA {" + strings.Join(kv, ", ") + "}"
	}
	return fmt.Sprintf("(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT %d, STRING_DICTIONARY_PAGE_SIZE_LIMIT %d, ROW_GROUP_SIZE %d%s)",
		dictionaryLimit, dictionaryBytes, o.RowGroup, meta)
}

// CopyArrow streams a reader into one Parquet file and returns the rows written.
// The reader is read once. It may run beside other calls: it uses a connection of
// its own.
//
// This is the only place that registers an Arrow stream with DuckDB: the
// binding's view ignores pushed-down projections and filters and then answers
// wrongly, so nothing may ever touch one that does not read all of its columns in their order.
func (s *Session) CopyArrow(ctx context.Context, reader array.RecordReader, path string, o ParquetOptions) (int64, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return 0, s.explain(ctx, "copy", err)
	}
	defer conn.Close()
	view := fmt.Sprintf("arrow_%d", s.views.Add(1))
	var release func()
	err = conn.Raw(func(dc any) error {
		a, err := duckdb.NewArrowFromConn(dc.(driver.Conn))
		if err != nil {
			return err
		}
		release, err = a.RegisterView(reader, view)
		return err
	})
	if err != nil {
		return 0, s.explain(ctx, "copy", err)
	}
	defer release()
	columns, n := "*", reader.Schema().NumFields()
	if o.Columns != nil {
		columns, n = strings.Join(o.Columns, ", "), len(o.Columns)
	}
	res, err := conn.ExecContext(ctx, fmt.Sprintf("COPY (SELECT %s FROM %s) TO %s %s", columns, Ident(view), Lit(path), o.sql(n)))
	if rerr := reader.Err(); rerr != nil {
		return 0, rerr // the stream's own error says more than DuckDB's
	}
	if err != nil {
		return 0, s.explain(ctx, "copy", err)
	}
	return res.RowsAffected()
}

// CopyQuery writes a query's result to one Parquet file and returns the rows
// written. With a total ORDER BY in the query the file is byte-identical whatever
// the number of threads.
func (s *Session) CopyQuery(ctx context.Context, step, query, path string, o ParquetOptions) (int64, error) {
	columns, err := s.columns(ctx, step, query)
	if err != nil {
		return 0, err
	}
	res, err := s.conn.ExecContext(ctx, fmt.Sprintf("COPY (%s) TO %s %s", query, Lit(path), o.sql(columns)))
	if err != nil {
		return 0, s.explain(ctx, step, err)
	}
	return res.RowsAffected()
}

// columns counts a query's columns.
func (s *Session) columns(ctx context.Context, step, query string) (int, error) {
	var n int
	err := s.Row(ctx, step, "SELECT count(*) FROM (DESCRIBE "+query+")", &n)
	return n, err
}

// Metadata reads one key of a Parquet file's key-value metadata; "" if it is not there.
func (s *Session) Metadata(ctx context.Context, path, key string) (string, error) {
	var v string
	err := s.Row(ctx, "metadata", "SELECT decode(value) FROM parquet_kv_metadata("+Lit(path)+") WHERE decode(key) = "+Lit(key), &v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}
