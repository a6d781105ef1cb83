package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/internal/engine"
	"guiji/internal/fault"
)

// everyType is a table of all types that datasets have, a third of whose values are NULL.
const everyType = `CREATE TEMP TABLE every AS SELECT i, CASE WHEN i % 3 > 0 THEN 'text ' || repeat('字', (i % 7)::INTEGER) || i END AS s, CASE WHEN i % 3 <> 1 THEN i % 2 = 0 END AS b,
	CASE WHEN i % 3 < 2 THEN i::SMALLINT END AS small, CASE WHEN i % 3 > 0 THEN (i / 7)::DECIMAL(18, 4) END AS d, (i * 1.5)::DECIMAL(38, 2) AS wide, DATE '2000-01-01' + (i % 9000)::INTEGER AS day,
	CASE WHEN i % 3 = 0 THEN TIMESTAMP '2000-01-01' + to_seconds(i) END AS at, TIME '00:00:00' + to_seconds(i % 86400) AS clock, i / 3 AS f, CASE WHEN i % 3 = 0 THEN [s, NULL, 'x'] END AS list,
	NULL::VARCHAR AS nothing, encode(i::VARCHAR) AS bytes FROM range(30000) r(i)`

// Rows put in pieces of any size are the file that is written of them at once.
func TestPiecesAreTheWholeFile(t *testing.T) {
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Exec(ctx, "t", everyType); err != nil {
		t.Fatal(err)
	}
	for _, copies := range []int{0, 1, 9} { // nothing, less than a row group, several
		dir := t.TempDir()
		query := fmt.Sprintf("SELECT every.* FROM every, range(%d) c(n) ORDER BY i, n", copies)
		want, err := s.CopyQuery(ctx, "t", query, filepath.Join(dir, "want"), engine.ParquetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		schema, err := s.Batches(ctx, "t", query+" LIMIT 0", func(arrow.RecordBatch) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.CopyPieces(ctx, schema, filepath.Join(dir, "got"), engine.ParquetOptions{}, func(put engine.Put) error {
			size := 0
			_, err := s.Batches(ctx, "t", query, func(rec arrow.RecordBatch) error {
				for from, n := 0, int(rec.NumRows()); from < n; {
					size = size%97 + 13
					to := min(n, from+size)
					if err := put(rec, from, to); err != nil {
						return err
					}
					from = to
				}
				return nil
			})
			return err
		})
		if err != nil || got != want {
			t.Fatalf("%d rows, want %d: %v", got, want, err)
		}
		if !bytes.Equal(content(t, dir, "got"), content(t, dir, "want")) {
			t.Errorf("%d rows in pieces are another file", got)
		}
	}
}

func content(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What goes wrong while pieces are made, or with the query they are of, is the error of the copy.
func TestPiecesThatBreakOff(t *testing.T) {
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	broken := errors.New("broken")
	schema, err := s.Batches(ctx, "t", "SELECT i FROM range(9) r(i)", func(arrow.RecordBatch) error { return broken })
	if !errors.Is(err, broken) {
		t.Fatalf("%v", err)
	}
	path := filepath.Join(t.TempDir(), "file")
	if _, err := s.CopyPieces(ctx, schema, path, engine.ParquetOptions{}, func(engine.Put) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := s.CopyPieces(ctx, schema, filepath.Join(path, "no", "folder"), engine.ParquetOptions{}, func(put engine.Put) error {
		_, err := s.Batches(ctx, "t", "SELECT i FROM range(900000) r(i)", func(rec arrow.RecordBatch) error { return put(rec, 0, int(rec.NumRows())) })
		return err
	}); err == nil {
		t.Error("a file was written where none can be")
	}
	if _, err := s.Batches(ctx, "t", "SELECT error('371502199001011234')", func(arrow.RecordBatch) error { return nil }); err == nil || bytes.Contains([]byte(err.Error()), []byte("3715")) {
		t.Errorf("%v", err)
	}
}

// numbers are a session and the schema of a column of whole numbers.
func numbers(t *testing.T, o engine.Options) (*engine.Session, *arrow.Schema) {
	t.Helper()
	o.Temp = t.TempDir()
	s, err := engine.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	schema, err := s.Batches(t.Context(), "t", "SELECT i FROM range(9) r(i)", func(arrow.RecordBatch) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return s, schema
}

// A copy that cannot be written says why, whatever its rows' maker makes of being told to
// stop; one whose context ends says the cause, and a panic is an error.
func TestCopiesSayWhatFailedFirst(t *testing.T) {
	s, schema := numbers(t, engine.Options{})
	nowhere := filepath.Join(t.TempDir(), "no", "folder")
	_, err := s.CopyFed(t.Context(), schema, nowhere, engine.ParquetOptions{}, func(ctx context.Context, _ *engine.Feed) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), nowhere) {
		t.Errorf("of a file that cannot be written: %v", err)
	}
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	stopping := func(put engine.Put) error {
		for {
			_, err := s.Batches(t.Context(), "t", "SELECT i FROM range(9) r(i)", func(rec arrow.RecordBatch) error { return put(rec, 0, 9) })
			if stop(stopped); err != nil {
				return err
			}
		}
	}
	if _, err := s.CopyPieces(ctx, schema, filepath.Join(t.TempDir(), "file"), engine.ParquetOptions{}, stopping); !errors.Is(err, stopped) {
		t.Errorf("of a context that ended: %v", err)
	}
	if _, err := s.CopyPieces(ctx, schema, filepath.Join(t.TempDir(), "file"), engine.ParquetOptions{}, stopping); !errors.Is(err, stopped) {
		t.Errorf("of a context that had ended: %v", err)
	}
	_, err = s.CopyPieces(t.Context(), schema, filepath.Join(t.TempDir(), "file"), engine.ParquetOptions{}, func(engine.Put) error { panic("371502199001011234") })
	if fault.KindOf(err) != fault.Internal || err == nil || strings.Contains(err.Error(), "3715") {
		t.Errorf("of a panic: %v", err)
	}
}

// What a session may not write it does not write in pieces either.
func TestPiecesKeepTheSessionsLimits(t *testing.T) {
	allowed, elsewhere := t.TempDir(), t.TempDir()
	s, schema := numbers(t, engine.Options{Locked: true, Allowed: []string{allowed}})
	for dir, may := range map[string]bool{allowed: true, elsewhere: false} {
		path := filepath.Join(dir, "file")
		_, err := s.CopyPieces(t.Context(), schema, path, engine.ParquetOptions{}, func(engine.Put) error { return nil })
		if _, there := os.Stat(path); (err == nil) != may || (there == nil) != may {
			t.Errorf("allowed %t: %v, %v", may, err, there)
		}
	}
}
