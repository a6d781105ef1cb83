package sqlite

import (
	"context"
	"database/sql/driver"

	"guiji/connectors"
)

// Doctor looks at the file's integrity, quickly, and tells of its journal mode: it
// decides what reading in place does to writers.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	verdict, mode := "", ""
	for q, into := range map[string]*string{"PRAGMA quick_check(1)": &verdict, "PRAGMA journal_mode": &mode} {
		if err := c.each(ctx, q, func(v []driver.Value) error { *into, _ = v[0].(string); return nil }); err != nil {
			return nil, err
		}
	}
	names, err := c.tables(ctx)
	if err != nil {
		return nil, err
	}
	var out []connectors.Finding
	if verdict != "ok" {
		out = append(out, connectors.Finding{Key: "sqlite.doctor.damaged", Args: []any{s.settings.Path}})
	}
	if s.settings.InPlace && mode != "wal" {
		out = append(out, connectors.Finding{Key: "sqlite.doctor.in_place", Args: []any{s.settings.Path}, Warning: true})
	}
	return append(out, connectors.Finding{OK: true, Key: "sqlite.doctor.ok", Args: []any{s.settings.Path, len(names), mode}}), nil
}
