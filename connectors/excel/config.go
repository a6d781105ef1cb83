package excel

import (
	"path/filepath"

	"guiji/internal/fault"
)

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Path       string `yaml:"path"`                 // a file or a folder, relative to the project
	Pattern    string `yaml:"pattern,omitempty"`    // which files of a folder belong to it; upper and lower case alike
	Sheet      string `yaml:"sheet,omitempty"`      // a sheet's name, or its number from 1; "" is the first
	Header     int    `yaml:"header"`               // the row of the column names, from 1; 0: the columns are A, B …
	HeaderHas  string `yaml:"header_has,omitempty"` // the header is the first row with this name in it, wherever that is
	HeaderRows int    `yaml:"header_rows,omitempty"`
	Skip       int    `yaml:"skip,omitempty"`           // rows to leave out after the header
	UnzipLimit int    `yaml:"unzip_limit_mb,omitempty"` // MiB that a workbook may unpack to
}

// DefaultSettings is what a project need not write. The pattern takes old workbooks
// too: they are refused, not overlooked. A sheet with all its 1 048 576 rows unpacks to
// about 40 MiB a column.
func DefaultSettings() *Settings {
	return &Settings{Pattern: "*.xls*", Header: 1, HeaderRows: 1, UnzipLimit: 2048}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if s.Path == "" {
		return fault.New(fault.Config, "excel.setting.path")
	}
	if _, err := filepath.Match(s.Pattern, "x"); err != nil || s.Pattern == "" {
		return fault.New(fault.Config, "excel.setting.pattern", s.Pattern)
	}
	if s.Header < 0 || s.Skip < 0 || s.HeaderRows < 1 || s.UnzipLimit < 1 {
		return fault.New(fault.Config, "excel.setting.negative")
	}
	if s.HeaderRows > mostHeaderRows {
		return fault.New(fault.Config, "excel.setting.header_rows", mostHeaderRows)
	}
	return nil
}

const mostHeaderRows = 20
