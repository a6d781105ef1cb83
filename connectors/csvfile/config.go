package csvfile

import (
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/fault"
)

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Path      string `yaml:"path"`                // a file or a folder, relative to the project
	Pattern   string `yaml:"pattern,omitempty"`   // which files of a folder belong to it; upper and lower case alike
	Encoding  string `yaml:"encoding,omitempty"`  // utf-8, gb18030, gbk, utf-16le, utf-16be; a byte order mark wins
	Delimiter string `yaml:"delimiter,omitempty"` // one ASCII character, or tab
	Quote     string `yaml:"quote,omitempty"`     // one ASCII character, or none
	Header    int    `yaml:"header"`              // the line of the column names, from 1; 0: the columns are col1, col2 …
	Skip      int    `yaml:"skip,omitempty"`      // lines to leave out after the header
	Comment   string `yaml:"comment,omitempty"`   // lines that begin with this ASCII character are left out
}

// encodings are those a file may be declared to have.
func encodings() []string { return []string{"utf-8", "gb18030", "gbk", "utf-16le", "utf-16be"} }

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	return &Settings{Pattern: "*.csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: 1}
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if s.Path == "" {
		return fault.New(fault.Config, "csvfile.setting.path")
	}
	if !slices.Contains(encodings(), s.Encoding) {
		return fault.New(fault.Config, "csvfile.setting.encoding", s.Encoding, strings.Join(encodings(), ", "))
	}
	if _, err := filepath.Match(s.Pattern, "x"); err != nil || s.Pattern == "" {
		return fault.New(fault.Config, "csvfile.setting.pattern", s.Pattern)
	}
	if s.delimiter() == 0 {
		return fault.New(fault.Config, "csvfile.setting.character", "delimiter", s.Delimiter)
	}
	if s.Quote != "none" && (character(s.Quote) == 0 || s.quote() == s.delimiter()) {
		return fault.New(fault.Config, "csvfile.setting.character", "quote", s.Quote)
	}
	if s.Comment != "" && (character(s.Comment) == 0 || s.comment() == s.delimiter()) {
		return fault.New(fault.Config, "csvfile.setting.character", "comment", s.Comment)
	}
	if s.Header < 0 || s.Skip < 0 {
		return fault.New(fault.Config, "csvfile.setting.negative")
	}
	return nil
}

func (s *Settings) delimiter() byte {
	if s.Delimiter == "tab" || s.Delimiter == `\t` {
		return '\t'
	}
	return character(s.Delimiter)
}

// quote is 0 where the files do not quote.
func (s *Settings) quote() byte {
	if s.Quote == "none" {
		return 0
	}
	return character(s.Quote)
}

func (s *Settings) comment() byte { return character(s.Comment) }

// character is the one ASCII character of a setting, 0 if it is anything else.
func character(s string) byte {
	if len(s) != 1 || s[0] >= 0x80 || s[0] == '\n' || s[0] == '\r' {
		return 0
	}
	return s[0]
}
