package mysql

import (
	"net"
	"path/filepath"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/internal/pacing"
	"guiji/internal/secret"
)

// Settings are a connection's, as written in guiji.yaml. The driver's configuration
// is built from these fields alone: a free DSN would let a project file switch on
// local files or an injectable character set.
type Settings struct {
	Address  string        `yaml:"address"`            // host:port, or the path of a unix socket
	Database string        `yaml:"database"`           //
	User     string        `yaml:"user"`               // needs SELECT and nothing else
	Password secret.Secret `yaml:"password,omitempty"` //
	TLS      string        `yaml:"tls,omitempty"`      // verify or off; "": verify, but off on loopback
	CA       string        `yaml:"ca,omitempty"`       // PEM file of the server's authority; "": the system's

	MaxConnections    int           `yaml:"max_connections,omitempty"`      // that read at once; 1..16
	MaxRowsPerSecond  int64         `yaml:"max_rows_per_second,omitempty"`  // over all of them; 0 is no limit
	MaxBytesPerSecond int64         `yaml:"max_bytes_per_second,omitempty"` // of values; 0 is no limit
	ConnectTimeout    time.Duration `yaml:"connect_timeout,omitempty"`      // of dialling and signing in
	StatementTimeout  time.Duration `yaml:"statement_timeout,omitempty"`    // the server ends a longer SELECT; 0 is its own limit
	Window            string        `yaml:"window,omitempty"`               // "22:00-06:00" in the project's time zone; "" is always
	MaxReplicaLag     time.Duration `yaml:"max_replica_lag,omitempty"`      // a replica further behind is not read; 0: nobody asks
	LockTables        bool          `yaml:"lock_tables,omitempty"`          // may hold LOCK TABLES … READ for a moment, see the README

	CharsetOfBytes string   `yaml:"charset_of_bytes,omitempty"` // what the latin1 columns truly hold: gb18030 or gbk; "": latin1
	BytesColumns   []string `yaml:"bytes_columns,omitempty"`    // which of them, as table.column or table.*; none: all
}

// Modes of TLS.
const (
	tlsVerify = "verify"
	tlsOff    = "off"
)

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	return &Settings{MaxConnections: 2, ConnectTimeout: 10 * time.Second, StatementTimeout: 6 * time.Hour}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	for _, f := range []struct{ name, value string }{{"address", s.Address}, {"database", s.Database}, {"user", s.User}} {
		if f.value == "" {
			return fault.New(fault.Config, "mysql.setting.empty", f.name)
		}
	}
	if !s.socket() {
		if _, port, err := net.SplitHostPort(s.Address); err != nil || port == "" {
			return fault.New(fault.Config, "mysql.setting.address", s.Address)
		}
	}
	if s.TLS != "" && s.TLS != tlsVerify && s.TLS != tlsOff {
		return fault.New(fault.Config, "mysql.setting.tls", s.TLS)
	}
	if s.MaxConnections < 1 || s.MaxConnections > 16 {
		return fault.New(fault.Config, "mysql.setting.connections", s.MaxConnections)
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"max_rows_per_second", s.MaxRowsPerSecond}, {"max_bytes_per_second", s.MaxBytesPerSecond},
		{"connect_timeout", int64(s.ConnectTimeout)}, {"statement_timeout", int64(s.StatementTimeout)}, {"max_replica_lag", int64(s.MaxReplicaLag)},
	} {
		if f.value < 0 {
			return fault.New(fault.Config, "mysql.setting.negative", f.name)
		}
	}
	if _, ok := pacing.ParseHours(s.Window); !ok {
		return fault.New(fault.Config, "mysql.setting.window", s.Window)
	}
	return s.validBytes()
}

func (s *Settings) socket() bool { return strings.HasPrefix(s.Address, "/") }

// encrypted tells whether connections are under verified TLS: always, but for
// what never leaves the machine and what the project says.
func (s *Settings) encrypted() bool {
	if s.TLS != "" {
		return s.TLS == tlsVerify
	}
	return !s.local()
}

func (s *Settings) local() bool {
	if s.socket() {
		return true
	}
	host, _, _ := net.SplitHostPort(s.Address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// under makes a path of the settings absolute.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
