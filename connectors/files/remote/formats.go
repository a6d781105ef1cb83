package remote

import (
	"context"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/connectors/excel"
	"guiji/connectors/files"
	"guiji/connectors/jsonl"
	"guiji/connectors/parquetfile"
	"guiji/internal/fault"
)

// Formats say how the files of a folder are read: as a connection of that kind would read
// them, whose settings these are, without path.
type Formats struct {
	Format  string
	CSV     csvfile.Settings
	Excel   excel.Settings
	JSONL   jsonl.Settings
	Parquet parquetfile.Settings
}

// DefaultFormats is what a project need not write.
func DefaultFormats() Formats {
	return Formats{Format: "csv", CSV: *csvfile.DefaultSettings(), Excel: *excel.DefaultSettings(), JSONL: *jsonl.DefaultSettings(), Parquet: *parquetfile.DefaultSettings()}
}

// reader is a connector of local files.
type reader interface {
	connectors.Source
	Files(table string) ([]files.File, error)
	FileTables() ([]string, error)
	Over(ctx context.Context, req connectors.Request, picked files.Picked) (connectors.Snapshot, error)
}

// Validate reports the first setting that cannot be, as fault.Config.
func (f Formats) Validate() error {
	if f.CSV.Path != "" || f.Excel.Path != "" || f.JSONL.Path != "" || f.Parquet.Path != "" {
		return fault.New(fault.Config, "remote.setting.path")
	}
	f.CSV.Path, f.Excel.Path, f.JSONL.Path, f.Parquet.Path = ".", ".", ".", "." // their path is the scratch folder, later
	switch f.Format {
	case "csv":
		return f.CSV.Validate()
	case "excel":
		return f.Excel.Validate()
	case "jsonl":
		return f.JSONL.Validate()
	case "parquet":
		return f.Parquet.Validate()
	}
	return fault.New(fault.Config, "remote.setting.format", f.Format, "csv, excel, jsonl, parquet")
}

// open opens a folder of this machine.
func (f Formats) open(dir string, env connectors.Env) (reader, error) {
	switch f.Format {
	case "excel":
		f.Excel.Path = dir
		return excel.Open(f.Excel, env)
	case "jsonl":
		f.JSONL.Path = dir
		return jsonl.Open(f.JSONL, env)
	case "parquet":
		f.Parquet.Path = dir
		return parquetfile.Open(f.Parquet, env)
	}
	f.CSV.Path = dir
	return csvfile.Open(f.CSV, env)
}
