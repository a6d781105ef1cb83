package sftpfiles

import (
	"net"
	"path"
	"strconv"
	"strings"
	"time"

	"guiji/connectors/csvfile"
	"guiji/connectors/excel"
	"guiji/connectors/files/remote"
	"guiji/connectors/jsonl"
	"guiji/connectors/parquetfile"
	"guiji/internal/address"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Address     string        `yaml:"address"`               // host or host:port; the port is 22
	User        string        `yaml:"user"`                  //
	Password    secret.Secret `yaml:"password,omitempty"`    // of the account, or
	PrivateKey  secret.Secret `yaml:"private_key,omitempty"` // its key: PEM, as ssh-keygen writes it: "${file:keys/minzheng}"
	Passphrase  secret.Secret `yaml:"passphrase,omitempty"`  // of the private key
	KnownHosts  string        `yaml:"known_hosts,omitempty"` // file that names the server's key, as ssh writes it; relative to the project
	Fingerprint string        `yaml:"fingerprint,omitempty"` // or the key's fingerprint: SHA256:…, as ssh-keygen -l shows it
	Path        string        `yaml:"path,omitempty"`        // folder on the server; "." is the one the account comes into
	Allow       []string      `yaml:"allow,omitempty"`       // addresses or networks beside the private ones: 203.0.113.7, 100.64.0.0/10
	Timeout     time.Duration `yaml:"timeout,omitempty"`     // how long the server may be silent
	Limit       int           `yaml:"limit_mb,omitempty"`    // MiB that the files of one table may have together
	Format      string        `yaml:"format,omitempty"`      // csv, excel, jsonl or parquet

	CSV   csvfile.Settings `yaml:"csv,omitempty"`   // as of a csvfile connection, without path
	Excel excel.Settings   `yaml:"excel,omitempty"` // as of an excel connection, without path
	JSONL jsonl.Settings   `yaml:"jsonl,omitempty"` // as of a jsonl connection, without path

	Parquet parquetfile.Settings `yaml:"parquet,omitempty"` // as of a parquetfile connection, without path
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	d := remote.DefaultFormats()
	return &Settings{Path: ".", Timeout: time.Minute, Limit: 10240, Format: d.Format, CSV: d.CSV, Excel: d.Excel, JSONL: d.JSONL, Parquet: d.Parquet}
}

func (s *Settings) formats() remote.Formats {
	return remote.Formats{Format: s.Format, CSV: s.CSV, Excel: s.Excel, JSONL: s.JSONL, Parquet: s.Parquet}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	wrong := func(name string) error { return fault.New(fault.Config, "sftpfiles.setting", name) }
	host, port, err := net.SplitHostPort(s.at())
	number, perr := strconv.Atoi(port)
	switch {
	case err != nil || perr != nil || host == "" || number < 1 || number > 65535:
		return fault.New(fault.Config, "sftpfiles.setting.address", s.Address)
	case s.User == "":
		return wrong("user")
	case (s.Password == "") == (s.PrivateKey == ""):
		return fault.New(fault.Config, "sftpfiles.setting.account")
	case s.Passphrase != "" && s.PrivateKey == "":
		return wrong("passphrase")
	case (s.KnownHosts == "") == (s.Fingerprint == ""):
		return fault.New(fault.Config, "sftpfiles.setting.host").Try("sftpfiles.setting.host.hint")
	case s.Fingerprint != "" && !strings.HasPrefix(s.Fingerprint, "SHA256:"):
		return wrong("fingerprint")
	case s.Path == "" || strings.ContainsRune(s.Path, 0):
		return wrong("path")
	case s.Timeout <= 0:
		return wrong("timeout")
	case s.Limit < 1:
		return wrong("limit_mb")
	}
	if _, text := address.Parse(s.Allow); text != "" {
		return fault.New(fault.Config, "sftpfiles.setting.allow", text)
	}
	return s.formats().Validate()
}

// at is host:port.
func (s *Settings) at() string {
	if _, _, err := net.SplitHostPort(s.Address); err == nil {
		return s.Address
	}
	return net.JoinHostPort(strings.Trim(s.Address, "[]"), "22")
}

// Place names a file or folder for lineage: the server, and the path on it.
func (s *Settings) Place(_, table string) (namespace, name string) {
	return "sftp://" + s.at(), path.Join(s.Path, table)
}
