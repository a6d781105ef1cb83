package postgres_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"guiji/internal/testkit/postgres"
)

func TestServerAnswersOverVerifiedTLSAndEnds(t *testing.T) {
	s := postgres.Start(t, postgres.WithTLS())
	s.Exec(t, "CREATE DATABASE d", "CREATE ROLE r LOGIN PASSWORD 'p'")
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	c, err := pgx.ParseConfig("host=127.0.0.1 user=r password=p dbname=d sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.Address)
	n, _ := strconv.Atoi(port)
	c.Port = uint16(n)
	if conn, err := pgx.ConnectConfig(t.Context(), c); err == nil {
		conn.Close(context.Background())
		t.Error("it takes an account without TLS")
	}
	c.TLSConfig = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	conn, err := pgx.ConnectConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var secure bool
	if err := conn.QueryRow(t.Context(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&secure); err != nil || !secure {
		t.Fatalf("ssl %v: %v", secure, err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ping(t.Context()); err == nil {
		t.Fatal("the server still answers after Stop")
	}
}
