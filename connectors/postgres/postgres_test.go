package postgres_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/postgres"
	"guiji/internal/secret"
	pgtest "guiji/internal/testkit/postgres"
)

// lab is a server with a database d and an account that may only read it.
type lab struct{ *pgtest.Server }

func start(t testing.TB, opts ...pgtest.Option) lab {
	t.Helper()
	s := pgtest.Start(t, opts...)
	s.Exec(t, "CREATE DATABASE d", "CREATE ROLE reader LOGIN PASSWORD 'p''w'", `\c d`, "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
	return lab{s}
}

func (l lab) settings() *postgres.Settings {
	s := postgres.DefaultSettings()
	s.Address, s.Database, s.User, s.Password = l.Address, "d", "reader", secret.Secret("p'w")
	return s
}

func (l lab) open(t testing.TB, alloc memory.Allocator, change ...func(*postgres.Settings)) connectors.Source {
	t.Helper()
	s := l.settings()
	for _, c := range change {
		c(s)
	}
	src, err := postgres.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

func TestConformance(t *testing.T) {
	connectortest.Run(t, start(t).harness())
}

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, start(b).harness()) }

func (l lab) harness() connectortest.Harness {
	connections := func(where string) func(testing.TB) int {
		return func(t testing.TB) int {
			return l.Number(t, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND "+where)
		}
	}
	return connectortest.Harness{
		Connector:   postgres.Connector(),
		Open:        func(t testing.TB, alloc memory.Allocator) connectors.Source { return l.open(t, alloc) },
		Load:        l.load,
		Extremes:    onePerType(extremes()),
		Bad:         l.bad,
		Running:     connections("state = 'active'"),
		Connections: connections("true"),
		Insert:      l.insert,
		Kill:        l.kill,
		Wire:        &connectortest.Wire{Server: l.Address, Open: l.through, Ends: messageEnds},
		Cannot:      connectortest.Inability{Places: true, File: true},
	}
}

// through opens a source on another address.
func (l lab) through(_ testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
	s := l.settings()
	s.Address = address
	return postgres.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc})
}

// messageEnds are where the messages of a connection's answers end, which are a letter and
// their length (PostgreSQL's protocol 3.0).
func messageEnds(answers []byte) (out []int) {
	for at := 0; at+5 <= len(answers); {
		at += 1 + int(binary.BigEndian.Uint32(answers[at+1:]))
		if at <= len(answers) {
			out = append(out, at)
		}
	}
	return out
}

// load makes a table.
func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	var defs, keys, indexes []string
	name := ident(table.Name)
	for _, c := range table.Columns {
		typ := c.Type
		if typ == "" {
			typ = map[connectortest.Kind]string{connectortest.Text: "varchar(200)", connectortest.Integer: "bigint", connectortest.Long: "text"}[c.Kind]
		}
		def := ident(c.Name) + " " + typ
		if c.Key {
			keys = append(keys, ident(c.Name))
			def += " NOT NULL"
		}
		defs = append(defs, def)
		if c.Index {
			indexes = append(indexes, "CREATE INDEX ON "+name+" ("+ident(c.Name)+")")
		}
	}
	if len(keys) > 0 {
		defs = append(defs, "PRIMARY KEY ("+strings.Join(keys, ", ")+")")
	}
	l.Exec(t, "DROP TABLE IF EXISTS "+name, "CREATE TABLE "+name+" ("+strings.Join(defs, ", ")+")")
	l.Exec(t, indexes...)
	l.insert(t, table.Name, table.Rows)
	return table.Name
}

func (l lab) insert(t testing.TB, table string, data [][]connectortest.Value) {
	t.Helper()
	var rows []string
	size := 0
	for i, r := range data {
		rows = append(rows, tuple(r))
		size += len(rows[len(rows)-1])
		if len(rows) == 5000 || size > 8<<20 || i == len(data)-1 {
			l.Exec(t, "INSERT INTO "+ident(table)+" VALUES "+strings.Join(rows, ", "))
			rows, size = nil, 0
		}
	}
}

func tuple(row []connectortest.Value) string {
	out := make([]string, len(row))
	for i, v := range row {
		out[i] = "NULL"
		if v != nil {
			out[i] = "'" + strings.ReplaceAll(*v, "'", "''") + "'"
		}
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// bad makes numbers that are none: NaN, which a NUMERIC of any digits takes.
func (l lab) bad(t testing.TB) connectortest.BadCase {
	t.Helper()
	l.Exec(t, "DROP TABLE IF EXISTS bad", "CREATE TABLE bad (id int PRIMARY KEY, n int, amount numeric(12,2))",
		"INSERT INTO bad SELECT i, nullif(i % 2, 0), CASE WHEN i % 10 = 3 THEN 'NaN' ELSE i::numeric END FROM generate_series(0, 99) i")
	return connectortest.BadCase{Table: "bad", Columns: []string{"id", "n", "amount"}, Good: 90, Bad: 10, Column: "amount", Text: "NaN"}
}

// kill ends one of the reader's connections and waits until it is gone.
func (l lab) kill(t testing.TB) {
	t.Helper()
	pid := l.Number(t, "SELECT coalesce(min(pid), 0) FROM pg_stat_activity WHERE usename = 'reader'")
	if pid == 0 {
		return
	}
	l.Exec(t, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	for l.Number(t, fmt.Sprintf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", pid)) > 0 {
	}
}
