// Package servers runs the departments' database of the example inside the
// demo's own process: a MySQL-protocol server in memory, on loopback, with an
// account that may only read. cmd/demo and the module's tests import it.
package servers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	engine "github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/expression"
	"github.com/dolthub/go-mysql-server/sql/expression/function"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"
	"github.com/dolthub/go-mysql-server/sql/types"
	"github.com/go-sql-driver/mysql"
	"github.com/sirupsen/logrus"

	"guiji/examples/dongchang/generate"
)

// Reader is the account guiji uses; its password is made anew for each server.
const Reader = "guiji_reader"

// MySQL is a running server.
type MySQL struct {
	Addr     string // 127.0.0.1:port
	Password string // of Reader
	server   *server.Server
	done     chan error
}

// StartMySQL starts a server and fills it with the data's tables.
func StartMySQL(ctx context.Context, data *generate.Dataset) (*MySQL, error) {
	logrus.SetOutput(io.Discard) // the engine logs each connection; errors reach the client
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	owner, password := secret(), secret()
	databases := memory.NewDBProvider()
	e := sqle.NewDefault(provider{databases})
	accounts := e.Analyzer.Catalog.MySQLDb
	edit := accounts.Editor()
	accounts.SetPersister(&mysql_db.NoopPersister{})
	accounts.AddSuperUser(edit, "owner", "localhost", owner)
	edit.Close()
	cfg := server.Config{Protocol: "tcp", Address: listener.Addr().String(), Listener: listener}
	s, err := server.NewServer(cfg, e, engine.NewContext, memory.NewSessionBuilder(databases), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the MySQL server: %w", err), listener.Close())
	}
	m := &MySQL{Addr: listener.Addr().String(), Password: password, server: s, done: make(chan error, 1)}
	go func() { m.done <- s.Start() }()
	if err := m.fill(ctx, owner, data); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// fill loads the tables as their owner, then makes the reading account.
func (m *MySQL) fill(ctx context.Context, owner string, data *generate.Dataset) error {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = "owner", owner, "tcp", m.Addr
	cfg.InterpolateParams = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	if err := data.LoadKeyless(ctx, db); err != nil {
		return err
	}
	for _, s := range []string{
		fmt.Sprintf("CREATE USER '%s'@'localhost' IDENTIFIED BY '%s'", Reader, m.Password),
		fmt.Sprintf("GRANT SELECT ON *.* TO '%s'@'localhost'", Reader),
	} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("make the reading account: %w", err)
		}
	}
	return nil
}

// Close stops the server and waits until it has.
func (m *MySQL) Close() error {
	err := m.server.Close()
	if serr := <-m.done; serr != nil && !errors.Is(serr, net.ErrClosed) {
		err = errors.Join(err, serr)
	}
	return err
}

// provider gives the engine a SPACE that takes linear time: its own adds one
// blank after the other, which takes a minute for the 260 000 that a client asks
// for to widen its read buffer.
type provider struct{ *memory.DbProvider }

// Function implements the engine's FunctionProvider.
func (provider) Function(_ *engine.Context, name string) (engine.Function, bool) {
	if name != "space" {
		return nil, false
	}
	return engine.Function1{Name: name, Fn: func(count engine.Expression) engine.Expression {
		return function.NewRepeat(expression.NewLiteral(" ", types.LongText), count)
	}}, true
}

func secret() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}
