package s3files

import (
	"path"

	"guiji/connectors/csvfile"
	"guiji/connectors/excel"
	"guiji/connectors/files/remote"
	"guiji/connectors/jsonl"
	"guiji/connectors/parquetfile"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Endpoint  string        `yaml:"endpoint"`           // host:port
	TLS       bool          `yaml:"tls"`                // verified against the system's roots
	Region    string        `yaml:"region,omitempty"`   // us-east-1 for MinIO
	Bucket    string        `yaml:"bucket"`             //
	Prefix    string        `yaml:"prefix,omitempty"`   // a folder in the bucket
	AccessKey string        `yaml:"access_key"`         //
	SecretKey secret.Secret `yaml:"secret_key"`         //
	Limit     int           `yaml:"limit_mb,omitempty"` // MiB that the files of one table may have together
	Format    string        `yaml:"format,omitempty"`   // csv, excel, jsonl or parquet

	CSV   csvfile.Settings `yaml:"csv,omitempty"`   // as of a csvfile connection, without path
	Excel excel.Settings   `yaml:"excel,omitempty"` // as of an excel connection, without path
	JSONL jsonl.Settings   `yaml:"jsonl,omitempty"` // as of a jsonl connection, without path

	Parquet parquetfile.Settings `yaml:"parquet,omitempty"` // as of a parquetfile connection, without path
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	d := remote.DefaultFormats()
	return &Settings{TLS: true, Region: "us-east-1", Limit: 10240, Format: d.Format, CSV: d.CSV, Excel: d.Excel, JSONL: d.JSONL, Parquet: d.Parquet}
}

func (s *Settings) formats() remote.Formats {
	return remote.Formats{Format: s.Format, CSV: s.CSV, Excel: s.Excel, JSONL: s.JSONL, Parquet: s.Parquet}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	for _, v := range [][2]string{{"endpoint", s.Endpoint}, {"bucket", s.Bucket}, {"access_key", s.AccessKey}, {"secret_key", s.SecretKey.Reveal()}} {
		if v[1] == "" {
			return fault.New(fault.Config, "s3files.setting.empty", v[0])
		}
	}
	if s.Prefix != "" && (path.Clean(s.Prefix) != s.Prefix || s.Prefix[0] == '/' || s.Prefix == "." || s.Prefix == "..") {
		return fault.New(fault.Config, "s3files.setting.prefix", s.Prefix)
	}
	if s.Limit < 1 {
		return fault.New(fault.Config, "s3files.setting.limit")
	}
	return s.formats().Validate()
}
