package servers_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/go-sql-driver/mysql"

	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/servers"
	"guiji/internal/testkit/mariadb"
)

func TestServerHoldsWhatWasGenerated(t *testing.T) {
	ctx := context.Background()
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	server, err := servers.StartMySQL(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	db := open(t, server)
	holds(t, db, data)
	if _, err := db.ExecContext(ctx, "DELETE FROM hukou.t_person"); err == nil {
		t.Error("the reading account may write")
	}
}

func TestWrongPasswordIsRefused(t *testing.T) {
	ctx := context.Background()
	server, err := servers.StartMySQL(ctx, &generate.Dataset{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.Password += "x"
	if err := open(t, server).PingContext(ctx); err == nil {
		t.Error("a wrong password was accepted")
	}
}

func open(t *testing.T, server *servers.MySQL) *sql.DB {
	t.Helper()
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = servers.Reader, server.Password, "tcp", server.Addr
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { db.Close() })
	return db
}

// The same data goes into a real server by the same call.
func TestMariaDBHoldsWhatWasGenerated(t *testing.T) {
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	server := mariadb.Start(t)
	if err := data.Load(context.Background(), server.DB()); err != nil {
		t.Fatal(err)
	}
	holds(t, server.DB(), data)
}

// holds compares every cell, as text, with what was generated.
func holds(t *testing.T, db *sql.DB, data *generate.Dataset) {
	t.Helper()
	for _, table := range data.Tables {
		want := map[string]generate.Row{}
		at := slices.IndexFunc(table.Columns, func(c generate.Column) bool { return c.Name == table.Key })
		for _, row := range table.Rows {
			want[row[at].Text] = row
		}
		rows, err := db.Query("SELECT * FROM " + table.Database + "." + table.Name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			cells := make([]sql.NullString, len(table.Columns))
			into := make([]any, len(cells))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, c := range cells {
				if w := want[cells[at].String]; w == nil || w[i].Null == c.Valid || c.String != w[i].Text {
					t.Fatalf("%s.%s: row %d is not what was generated", table.Name, table.Columns[i].Name, n)
				}
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if n != len(table.Rows) || n != len(want) {
			t.Errorf("%s: %d rows, generated %d", table.Name, n, len(table.Rows))
		}
	}
}
