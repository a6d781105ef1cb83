package postgres

import (
	"net"
	"path/filepath"
	"time"

	"guiji/internal/fault"
	"guiji/internal/pacing"
	"guiji/internal/secret"
)

// Settings are a connection's, as written in guiji.yaml. The driver's configuration is
// built from these fields alone: neither a free DSN nor the environment (PGSERVICE,
// .pgpass) has a say.
type Settings struct {
	Address  string        `yaml:"address"`            // host:port, or the folder of a unix socket and its port: /run/postgresql:5432
	Database string        `yaml:"database"`           //
	Schema   string        `yaml:"schema,omitempty"`   // the one its tables are in; "": public
	User     string        `yaml:"user"`               // needs SELECT and nothing else
	Password secret.Secret `yaml:"password,omitempty"` //
	TLS      string        `yaml:"tls,omitempty"`      // verify or off; "": verify, but off on loopback
	CA       string        `yaml:"ca,omitempty"`       // PEM file of the server's authority; "": the system's

	MaxConnections    int           `yaml:"max_connections,omitempty"`      // that read at once; 1..16
	MaxRowsPerSecond  int64         `yaml:"max_rows_per_second,omitempty"`  // over all of them; 0 is no limit
	MaxBytesPerSecond int64         `yaml:"max_bytes_per_second,omitempty"` // of values; 0 is no limit
	MaxReplicaLag     time.Duration `yaml:"max_replica_lag,omitempty"`      // a standby further behind is refused; 0 is no limit
	ConnectTimeout    time.Duration `yaml:"connect_timeout,omitempty"`      // of dialling and signing in
	StatementTimeout  time.Duration `yaml:"statement_timeout,omitempty"`    // the server ends a longer statement; 0 is its own limit
	Window            string        `yaml:"window,omitempty"`               // "22:00-06:00" in the project's time zone; "" is always
}

// Modes of TLS.
const (
	tlsVerify = "verify"
	tlsOff    = "off"
)

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	return &Settings{Schema: "public", MaxConnections: 2, ConnectTimeout: 10 * time.Second, StatementTimeout: 6 * time.Hour}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	for _, f := range []struct{ name, value string }{{"address", s.Address}, {"database", s.Database}, {"schema", s.Schema}, {"user", s.User}} {
		if f.value == "" {
			return fault.New(fault.Config, "postgres.setting.empty", f.name)
		}
	}
	if _, port, err := net.SplitHostPort(s.Address); err != nil || port == "" {
		return fault.New(fault.Config, "postgres.setting.address", s.Address)
	}
	if s.TLS != "" && s.TLS != tlsVerify && s.TLS != tlsOff {
		return fault.New(fault.Config, "postgres.setting.tls", s.TLS)
	}
	if s.MaxConnections < 1 || s.MaxConnections > 16 {
		return fault.New(fault.Config, "postgres.setting.connections", s.MaxConnections)
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"max_rows_per_second", s.MaxRowsPerSecond}, {"max_bytes_per_second", s.MaxBytesPerSecond}, {"max_replica_lag", int64(s.MaxReplicaLag)},
		{"connect_timeout", int64(s.ConnectTimeout)}, {"statement_timeout", int64(s.StatementTimeout)},
	} {
		if f.value < 0 {
			return fault.New(fault.Config, "postgres.setting.negative", f.name)
		}
	}
	if _, ok := pacing.ParseHours(s.Window); !ok {
		return fault.New(fault.Config, "postgres.setting.window", s.Window)
	}
	return nil
}

// host is that of the address, or the socket's folder.
func (s *Settings) host() string {
	host, _, _ := net.SplitHostPort(s.Address)
	return host
}

// encrypted tells whether connections are under verified TLS: always, but for what never
// leaves the machine and what the project says. Sockets have none.
func (s *Settings) encrypted() bool {
	if filepath.IsAbs(s.host()) {
		return false
	}
	if s.TLS != "" {
		return s.TLS == tlsVerify
	}
	return !s.local()
}

func (s *Settings) local() bool {
	host := s.host()
	ip := net.ParseIP(host)
	return filepath.IsAbs(host) || host == "localhost" || ip != nil && ip.IsLoopback()
}

// where names the database in messages.
func (s *Settings) where() string { return s.Address + "/" + s.Database }

// Place names a table for lineage: postgres://host:port and database.schema.table. A
// server behind a socket is this machine's.
func (s *Settings) Place(_, table string) (namespace, name string) {
	address := s.Address
	if filepath.IsAbs(s.host()) {
		_, port, _ := net.SplitHostPort(s.Address)
		address = net.JoinHostPort("localhost", port)
	}
	return "postgres://" + address, s.Database + "." + s.Schema + "." + table
}
