package mariadb_test

import (
	"crypto/tls"
	"database/sql"
	"testing"

	"github.com/go-sql-driver/mysql"

	"guiji/internal/testkit/mariadb"
)

func TestServerAnswersOverVerifiedTLSAndEnds(t *testing.T) {
	s := mariadb.Start(t, mariadb.WithTLS(), mariadb.WithArgs("--log-bin"))
	s.Exec(t, "CREATE DATABASE d", "CREATE USER 'r'@'%' IDENTIFIED BY 'p'", "GRANT SELECT ON d.* TO 'r'@'%'")
	pool, err := s.Pool()
	if err != nil {
		t.Fatal(err)
	}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName = "r", "p", "tcp", s.Address, "d"
	c.TLS = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var name, cipher, charset string
	if err := db.QueryRow("SHOW STATUS LIKE 'Ssl_cipher'").Scan(&name, &cipher); err != nil || cipher == "" {
		t.Fatalf("cipher %q: %v", cipher, err)
	}
	if err := db.QueryRow("SELECT @@character_set_server").Scan(&charset); err != nil || charset != "utf8mb4" {
		t.Fatalf("charset %q: %v", charset, err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(); err == nil {
		t.Fatal("the server still answers after Stop")
	}
}
