package servers_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/go-sql-driver/mysql"

	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/servers"
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
	for _, table := range data.Tables {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+table.Database+"."+table.Name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != len(table.Rows) {
			t.Errorf("%s: %d rows, generated %d", table.Name, n, len(table.Rows))
		}
	}
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
