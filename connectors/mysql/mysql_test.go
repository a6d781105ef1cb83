package mysql_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/mysql"
	"guiji/internal/secret"
	"guiji/internal/testkit/mariadb"
)

// lab is a server with a database d and an account that may only read it.
type lab struct {
	*mariadb.Server
	driver bool // which reads the rows, instead of us
}

func start(t testing.TB, args ...string) lab {
	t.Helper()
	s := mariadb.Start(t, mariadb.WithArgs(append([]string{"--sql-mode="}, args...)...))
	s.Exec(t, "CREATE DATABASE d", "CREATE USER 'reader'@'%' IDENTIFIED BY 'p''w'", "GRANT SELECT ON d.* TO 'reader'@'%'")
	return lab{Server: s}
}

func (l lab) settings() *mysql.Settings {
	s := mysql.DefaultSettings()
	s.Address, s.Database, s.User, s.Password = l.Address, "d", "reader", secret.Secret("p'w")
	return s
}

func (l lab) open(t testing.TB, alloc memory.Allocator, change ...func(*mysql.Settings)) connectors.Source {
	t.Helper()
	s := l.settings()
	for _, c := range change {
		c(s)
	}
	src, err := mysql.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	if l.driver {
		mysql.ThroughDriver(src)
	}
	return src
}

// bothWays runs a test on rows that are read off the wire, and on rows that the driver reads.
func bothWays(t *testing.T, l lab, test func(*testing.T, lab)) {
	t.Run("wire", func(t *testing.T) { test(t, l) })
	l.driver = true
	t.Run("driver", func(t *testing.T) { test(t, l) })
}

func TestConformance(t *testing.T) {
	l := start(t, "--log-bin")
	l.Exec(t, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'")
	bothWays(t, l, func(t *testing.T, l lab) { connectortest.Run(t, l.harness()) })
}

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, start(b).harness()) }

func (l lab) harness() connectortest.Harness {
	return connectortest.Harness{
		Connector:   mysql.Connector(),
		Open:        func(t testing.TB, alloc memory.Allocator) connectors.Source { return l.open(t, alloc) },
		Load:        l.load,
		Extremes:    extremes(),
		Bad:         l.bad,
		Running:     l.running,
		Connections: func(t testing.TB) int { return l.count(t, "true") },
		Insert:      l.insert,
		Kill:        l.killOne,
		Wire:        &connectortest.Wire{Server: l.Address, Open: l.through, Ends: packetEnds},
		Cannot:      connectortest.Inability{Places: true, File: true},
	}
}

// through opens a source on another address.
func (l lab) through(_ testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
	s := l.settings()
	s.Address = address
	src, err := mysql.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc})
	if err == nil && l.driver {
		mysql.ThroughDriver(src)
	}
	return src, err
}

// packetEnds are where the packets of a connection's answers end.
func packetEnds(answers []byte) (out []int) {
	for at := 0; at+4 <= len(answers); {
		at += 4 + int(answers[at]) + int(answers[at+1])<<8 + int(answers[at+2])<<16
		if at <= len(answers) {
			out = append(out, at)
		}
	}
	return out
}

// load makes a table. Values of types that no text literal fits are SQL expressions.
func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	var defs, keys []string
	expression := make([]bool, len(table.Columns))
	for i, c := range table.Columns {
		typ := c.Type
		if typ == "" {
			typ = map[connectortest.Kind]string{connectortest.Text: "varchar(200)", connectortest.Integer: "bigint", connectortest.Long: "longtext"}[c.Kind]
		}
		family, _, _ := strings.Cut(typ, "(")
		switch family {
		case "bit", "blob", "binary", "varbinary", "point":
			expression[i] = true
		}
		def := ident(c.Name) + " " + typ
		if c.Key {
			keys = append(keys, ident(c.Name))
			def += " NOT NULL"
		} else {
			def += " NULL"
		}
		defs = append(defs, def)
		if c.Index {
			defs = append(defs, "KEY ("+ident(c.Name)+")")
		}
	}
	if len(keys) > 0 {
		defs = append(defs, "PRIMARY KEY ("+strings.Join(keys, ", ")+")")
	}
	name := "d." + ident(table.Name)
	l.Exec(t, "DROP TABLE IF EXISTS "+name, "CREATE TABLE "+name+" ("+strings.Join(defs, ", ")+")")
	var rows []string
	size := 0
	for i, r := range table.Rows {
		rows = append(rows, tuple(r, expression))
		size += len(rows[len(rows)-1])
		if len(rows) == 5000 || size > 8<<20 || i == len(table.Rows)-1 {
			l.Exec(t, "INSERT INTO "+name+" VALUES "+strings.Join(rows, ", "))
			rows, size = nil, 0
		}
	}
	return table.Name
}

// insert adds rows of plain texts and numbers.
func (l lab) insert(t testing.TB, table string, rows [][]connectortest.Value) {
	t.Helper()
	for _, r := range rows {
		l.Exec(t, "INSERT INTO d."+ident(table)+" VALUES "+tuple(r, make([]bool, len(r))))
	}
}

func tuple(row []connectortest.Value, expression []bool) string {
	out := make([]string, len(row))
	for i, v := range row {
		switch {
		case v == nil:
			out[i] = "NULL"
		case expression[i]:
			out[i] = *v
		default:
			out[i] = "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(*v) + "'"
		}
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// bad makes texts with a surrogate half, which the server takes for a character.
func (l lab) bad(t testing.TB) connectortest.BadCase {
	t.Helper()
	l.Exec(t, "DROP TABLE IF EXISTS d.bad", "CREATE TABLE d.bad (id int PRIMARY KEY, n int, name varchar(50))")
	for i := range 100 {
		value := "'好'"
		if i%10 == 3 {
			value = "CONCAT('坏', CAST(x'EDA080' AS CHAR))"
		}
		l.Exec(t, fmt.Sprintf("INSERT INTO d.bad SELECT %d, NULLIF(%d %% 2, 0), %s", i, i, value))
	}
	return connectortest.BadCase{Table: "bad", Columns: []string{"id", "n", "name"}, Good: 90, Bad: 10, Column: "name", Text: `坏\xED\xA0\x80`}
}

// running counts the reader's statements on the server.
func (l lab) running(t testing.TB) int {
	t.Helper()
	return l.count(t, "COMMAND = 'Query'")
}

// count counts the reader's connections on the server.
func (l lab) count(t testing.TB, where string) int {
	t.Helper()
	var n int
	if err := l.DB().QueryRow("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'reader' AND " + where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
