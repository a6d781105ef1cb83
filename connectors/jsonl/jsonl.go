// Package jsonl reads files of JSON objects, one a line, as exports of newer systems are.
// Every column is text; connectors/all and its own tests import it.
package jsonl

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// Connector reads JSON lines.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "jsonl",
		Doc:      "JSON objects, one a line, in UTF-8; a folder of files is one table",
		Kind:     (*files.Lines)(nil).Kind(),
		Settings: func() any { return DefaultSettings() },
		Open: func(_ context.Context, settings any, env connectors.Env) (connectors.Source, error) {
			s, err := Open(*settings.(*Settings), env)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings { return &Settings{Pattern: "*.jsonl"} }

// Open looks whether the path is there.
func Open(settings Settings, env connectors.Env) (*files.Lines, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	folder, err := files.Open(settings.Path, settings.Pattern, env.Dir)
	if err != nil {
		return nil, err
	}
	return &files.Lines{Folder: folder, Env: env, Form: "json", Parse: object}, nil
}

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Path    string `yaml:"path"`              // a file or a folder, relative to the project
	Pattern string `yaml:"pattern,omitempty"` // which files of a folder belong to it
}

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if _, err := filepath.Match(s.Pattern, "x"); err != nil || s.Path == "" || s.Pattern == "" {
		return fault.New(fault.Config, "jsonl.setting", s.Path, s.Pattern)
	}
	return nil
}

// Place names a file or folder for lineage.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	return files.Place(dir, s.Path, table)
}

// object reads a line, or says why it is bad: what Go's reader of JSON would mend or drop
// without a word, broken characters and a name that stands twice, is bad here.
func object(line []byte) (row files.Row, why string) {
	row.Values = map[string]*string{}
	if !utf8.Valid(line) {
		return row, "jsonl.bad.text"
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return row, "jsonl.bad.object"
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var raw json.RawMessage
		if err != nil || !ok || d.Decode(&raw) != nil {
			return row, "jsonl.bad.object"
		}
		if _, twice := row.Values[name]; twice {
			return row, "jsonl.bad.twice"
		}
		row.Names = append(row.Names, name)
		if row.Values[name], ok = value(raw); !ok {
			return row, "jsonl.bad.text"
		}
	}
	if _, err := d.Token(); err != nil {
		return row, "jsonl.bad.object"
	}
	if _, err := d.Token(); err != io.EOF {
		return row, "jsonl.bad.object"
	}
	return row, ""
}

// value is a value's text: that of a text, else what is written. A surrogate alone is no
// character (RFC 8259 §8.2), and false.
func value(raw json.RawMessage) (*string, bool) {
	s := string(raw)
	if s == "null" {
		return nil, true
	}
	if s[0] != '"' {
		return &s, true
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, false
	}
	if strings.ContainsRune(text, utf8.RuneError) && strings.Count(text, "\uFFFD") != strings.Count(s, "\uFFFD")+strings.Count(strings.ToLower(s), `\ufffd`) {
		return nil, false
	}
	return &text, true
}
