package mysql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"net"
	"os"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"guiji/internal/fault"
)

// server is what the source's server says of itself.
type server struct {
	version string
	mariadb bool
}

// pool makes connections that are closed when they are given back: a reader is pinned
// for a snapshot, and nothing idles on a department's server in between.
func pool(s Settings, dir string) (*sql.DB, error) {
	c := driver.NewConfig()
	c.User, c.Passwd, c.DBName = s.User, s.Password.Reveal(), s.Database
	c.Net, c.Addr = "tcp", s.Address
	if s.socket() {
		c.Net = "unix"
	}
	c.DialFunc = dialWire
	c.Timeout = s.ConnectTimeout
	c.CheckConnLiveness = false // no connection is used twice
	c.Logger = &driver.NopLogger{}
	if err := c.Apply(driver.Charset("utf8mb4", "")); err != nil {
		return nil, fault.New(fault.Internal, "mysql.driver").Because(err)
	}
	if s.encrypted() {
		t, err := tlsConfig(s, dir)
		if err != nil {
			return nil, err
		}
		c.TLS = t
	}
	connector, err := driver.NewConnector(c)
	if err != nil {
		return nil, fault.New(fault.Internal, "mysql.driver").Because(err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxIdleConns(0)
	return db, nil
}

func tlsConfig(s Settings, dir string) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if host, _, err := net.SplitHostPort(s.Address); err == nil {
		t.ServerName = host
	}
	if s.CA == "" {
		return t, nil
	}
	pem, err := os.ReadFile(under(dir, s.CA))
	if err != nil {
		return nil, fault.New(fault.Config, "mysql.ca.read", s.CA).Because(err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Config, "mysql.ca.form", s.CA)
	}
	return t, nil
}

// greet signs in and asks the version.
func (s *Source) greet(ctx context.Context) (server, error) {
	ctx, cancel := s.connecting(ctx)
	defer cancel()
	var v string
	if err := s.db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&v); err != nil {
		return server{}, s.explain(err)
	}
	return server{version: v, mariadb: strings.Contains(strings.ToLower(v), "mariadb")}, nil
}

// connecting bounds dialling and signing in: a server that accepts and then says nothing
// would hold us for ever.
func (s *Source) connecting(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.settings.ConnectTimeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, s.settings.ConnectTimeout)
}
