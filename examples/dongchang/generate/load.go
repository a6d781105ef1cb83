package generate

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// loadBatch is how many rows one INSERT carries: with twelve columns just under
// the 65 535 parameters of the protocol.
const loadBatch = 5000

// Load creates the databases and tables in a MySQL or MariaDB server and fills
// them. A database that is there is used, a table that is there is an error.
func (d *Dataset) Load(ctx context.Context, db *sql.DB) error { return d.load(ctx, db, true) }

// LoadKeyless is Load without primary keys, for the in-memory server, which
// searches the whole table for each row of a keyed one.
func (d *Dataset) LoadKeyless(ctx context.Context, db *sql.DB) error { return d.load(ctx, db, false) }

func (d *Dataset) load(ctx context.Context, db *sql.DB, keyed bool) error {
	for _, t := range d.Tables {
		statements := []string{
			"CREATE DATABASE IF NOT EXISTS " + quoted(t.Database) + " CHARACTER SET utf8mb4",
			t.createSQL(keyed),
		}
		for _, s := range statements {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("create table %s.%s: %w", t.Database, t.Name, err)
			}
		}
		for at := 0; at < len(t.Rows); at += loadBatch {
			rows := t.Rows[at:min(at+loadBatch, len(t.Rows))]
			if err := t.insert(ctx, db, rows); err != nil {
				return fmt.Errorf("fill table %s.%s: %w", t.Database, t.Name, err)
			}
		}
	}
	return nil
}

func (t *Table) createSQL(keyed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s.%s (", quoted(t.Database), quoted(t.Name))
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s COMMENT '%s'", quoted(c.Name), c.SQL, c.Comment)
	}
	if keyed {
		fmt.Fprintf(&b, ", PRIMARY KEY (%s)", quoted(t.Key))
	}
	fmt.Fprintf(&b, ") COMMENT '%s'", t.Comment)
	return b.String()
}

func (t *Table) insert(ctx context.Context, db *sql.DB, rows []Row) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.Columns)), ",") + ")"
	query := fmt.Sprintf("INSERT INTO %s.%s VALUES %s", quoted(t.Database), quoted(t.Name),
		strings.TrimSuffix(strings.Repeat(one+",", len(rows)), ","))
	args := make([]any, 0, len(rows)*len(t.Columns))
	for _, r := range rows {
		for _, v := range r {
			if v.Null {
				args = append(args, nil)
				continue
			}
			args = append(args, v.Text)
		}
	}
	_, err := db.ExecContext(ctx, query, args...)
	return err
}

func quoted(name string) string { return "`" + name + "`" }
