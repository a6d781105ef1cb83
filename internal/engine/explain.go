package engine

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/duckdb/duckdb-go/v2"

	"guiji/internal/fault"
)

// explain gives a DuckDB error its kind and takes from it what may be a value of
// the data.
func (s *Session) explain(ctx context.Context, step string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sql.ErrNoRows):
		return err
	}
	var de *duckdb.Error
	if errors.As(err, &de) {
		switch {
		case de.Type == duckdb.ErrorTypeOutOfMemory:
			return fault.New(fault.Config, "engine.memory", step).Try("engine.raise")
		case slices.Contains(writing, de.Type) && strings.Contains(de.Msg, "No space left"):
			return fault.New(fault.Unreachable, "engine.full", s.limits.Temp).Try("engine.free")
		}
	}
	return fault.New(fault.Internal, "engine.query", step).Because(errors.New(WithoutValues(err)))
}

// Exhausted tells the end of what memory_limit or the disk for spilling allow: another way
// to the same may do with less.
func Exhausted(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Key == "engine.memory" || f.Key == "engine.full")
}

// writing are the types of errors that a full disk ends in: commits and checkpoints wrap
// that of the file.
var writing = []duckdb.ErrorType{duckdb.ErrorTypeIO, duckdb.ErrorTypeTransaction, duckdb.ErrorTypeFatal}

// WithoutValues is the message of an error of DuckDB or of database/sql without
// what may be a value of the data. Errors about the SQL itself and about files
// quote names and paths and stay whole. All others are cut where a value may
// begin: DuckDB quotes texts, but numbers, and the text of error(), stand bare.
func WithoutValues(err error) string {
	var de *duckdb.Error
	if !errors.As(err, &de) {
		return cut(err.Error(), "")
	}
	switch de.Type {
	case duckdb.ErrorTypeBinder, duckdb.ErrorTypeParser, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeSyntax, duckdb.ErrorTypeIO:
		return de.Msg
	}
	class, said, ok := strings.Cut(de.Msg, ": ")
	if !ok || !strings.HasSuffix(class, "Error") {
		return cut(de.Msg, ":")
	}
	if de.Type == duckdb.ErrorTypeInvalidInput && !slices.ContainsFunc(openings, func(o string) bool { return strings.HasPrefix(said, o) }) {
		return class
	}
	return class + ": " + cut(said, ":")
}

// openings are how messages of the class Invalid Input begin that are DuckDB's
// own. All others may be the text of error(), of a value from its first letter on.
var openings = []string{"Could not parse string ", "Malformed JSON ", "More than one row returned by a subquery "}

// cut keeps a message up to the first sign that may begin a value: a quote, a
// bracket, a digit, a letter that is not English, what follows the word value, or
// one of more.
func cut(msg, more string) string {
	end := strings.IndexFunc(msg, func(r rune) bool {
		return strings.ContainsRune("\"'`([{<\n"+more, r) || unicode.IsDigit(r) || r > unicode.MaxASCII
	})
	if i := strings.Index(msg, " value "); i >= 0 && (end < 0 || i < end) {
		end = i + len(" value")
	}
	if end < 0 {
		return msg
	}
	return strings.TrimRight(msg[:end], " ") + "…"
}
