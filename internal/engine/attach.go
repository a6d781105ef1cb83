package engine

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"guiji/internal/fault"
	"guiji/internal/secret"
)

// Attach adds a database file to a session under a name. With a key the file is
// encrypted, AES-256-GCM, and so is what the session spills from then on; "" is
// plain. The error is of kind fault.Refused if the
// file does not open with the key, and never shows it.
//
// DuckDB's libraries hold AES but no generator of nonces its makers call secure:
// those come from OpenSSL, in an extension that would have to be downloaded.
// Instead, every file has a key of its own (lake/serving), so that nonces must differ
// within one file only, and a test counts that they do: docs/decisions/007-encryption.md.
func (s *Session) Attach(ctx context.Context, path, name string, key secret.Secret, readOnly bool) error {
	var options []string
	if readOnly {
		options = append(options, "READ_ONLY")
	}
	if key != "" {
		options = append(options, "ENCRYPTION_KEY "+Lit(key.Reveal()), "ENCRYPTION_CIPHER 'GCM'")
		for _, set := range []string{"SET force_mbedtls_unsafe = true", "SET temp_file_encryption = true"} {
			if err := s.Exec(ctx, "settings", set); err != nil {
				return err
			}
		}
	}
	query := "ATTACH " + Lit(path) + " AS " + Ident(name)
	if len(options) > 0 {
		query += " (" + strings.Join(options, ", ") + ")"
	}
	_, err := s.conn.ExecContext(ctx, query)
	if err == nil || key == "" {
		return s.explain(ctx, "attach", err)
	}
	var de *duckdb.Error
	if errors.As(err, &de) && strings.Contains(de.Msg, "encrypt") {
		return fault.New(fault.Refused, "engine.key", filepath.Base(path))
	}
	// An error of the parser would show the statement, with the key in it.
	if strings.Contains(err.Error(), key.Reveal()) {
		return fault.New(fault.Internal, "engine.query", "attach")
	}
	return s.explain(ctx, "attach", err)
}
