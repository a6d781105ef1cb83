package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/all"
	"guiji/internal/fault"
)

// checkedFile is a file that is checked before it is reported.
type checkedFile struct {
	path      string // absolute
	connector connectors.Connector
	settings  func() (any, error) // of the connector, anew
	matched   matched
}

// mostTitles is how many lines may stand above a file's header.
const mostTitles = 10

// fileConnectors are the connectors that read an ending.
func fileConnectors() map[string]string {
	return map[string]string{".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".et": "excel", ".csv": "csvfile", ".txt": "csvfile", ".tsv": "csvfile"}
}

// fileFlags is what the command line says of a file.
type fileFlags struct {
	sheet  string
	header int
	all    bool // every problem on pages
}

// openFile finds out how a file is to be read for a resource and which of its columns
// stand for which items. Where the resource is dropped as files of this kind, its
// connection's settings hold. Without a header line given, the one is taken among the
// first lines in which most columns are found.
func (w *workspace) openFile(ctx context.Context, path string, res *catalog.Resource, flags fileFlags) (*checkedFile, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name, ok := fileConnectors()[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return nil, fault.New(fault.Config, "check_file.ending", filepath.Base(path)).Try("check_file.ending.hint")
	}
	if st, err := os.Stat(abs); err != nil || !st.Mode().IsRegular() {
		return nil, fault.New(fault.Config, "check_file.none", path).Because(plainCause(err))
	}
	f := &checkedFile{path: abs}
	f.connector, _ = all.Find(name)
	over := map[string]any{"path": abs}
	if name == "csvfile" {
		if encoding, err := encodingOf(abs); err != nil {
			return nil, fault.New(fault.Config, "check_file.none", path).Because(plainCause(err))
		} else if encoding != "" {
			over["encoding"] = encoding
		}
		if strings.EqualFold(filepath.Ext(path), ".tsv") {
			over["delimiter"] = "tab"
		}
	} else if _, sheet, ok := strings.Cut(res.Source.Table, "#"); ok {
		over["sheet"] = sheet
	}
	if flags.sheet != "" {
		over["sheet"] = flags.sheet
	}
	return f, f.find(ctx, w, res, over, flags.header)
}

// plainCause is a cause without the path, which the message has.
func plainCause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// find chooses the header line.
func (f *checkedFile) find(ctx context.Context, w *workspace, res *catalog.Resource, over map[string]any, header int) error {
	lines := []int{header}
	if header == 0 {
		lines = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, mostTitles} // 0: as the settings have it
	}
	best := -1
	for i, line := range lines {
		settings := func() (any, error) { return f.read(w, res, over, line) }
		m, err := f.describe(ctx, w, res, settings)
		if err != nil && i > 0 {
			break // the file has no such line
		}
		if err != nil {
			return err
		}
		if n := len(m.Columns); n > best {
			best, f.settings, f.matched = n, settings, m
		}
		if best == len(res.Items) || best > 0 && f.matched.has(res.Source.Key) && 2*best > len(res.Items) {
			break
		}
	}
	if best == 0 {
		return fault.New(fault.Config, "check_file.nothing", filepath.Base(f.path), res.ID).Try("check_file.nothing.hint")
	}
	return nil
}

// describe reads the header and finds the items in it.
func (f *checkedFile) describe(ctx context.Context, w *workspace, res *catalog.Resource, settings func() (any, error)) (matched, error) {
	s, err := settings()
	if err != nil {
		return matched{}, err
	}
	source, err := f.connector.Open(ctx, s, connectors.Env{Dir: w.project.Dir, Timezone: w.project.Config.Timezone, Scratch: w.project.Scratch()})
	if err != nil {
		return matched{}, err
	}
	defer source.Close()
	tables, err := source.Discover(ctx, "")
	if err != nil {
		return matched{}, err
	}
	return matchColumns(res, headerOf(tables[0]))
}

// read makes the connector's settings: its defaults, or those of the resource's own
// connection where it is of this kind, with what the file wants instead.
func (f *checkedFile) read(w *workspace, res *catalog.Resource, over map[string]any, header int) (any, error) {
	settings := f.connector.Settings()
	if conn, ok := w.project.Config.Connections[res.Source.Connection]; ok && conn.Connector == f.connector.Name {
		if err := conn.Decode(settings, false); err != nil {
			return nil, err
		}
	}
	if header > 0 {
		over["header"] = header
	} else {
		delete(over, "header")
	}
	body, err := yaml.Marshal(over)
	if err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalWithOptions(body, settings, yaml.Strict()); err != nil {
		return nil, fault.New(fault.Config, "check_file.setting")
	}
	return settings, nil
}

// open opens the file as the resource's source.
func (f *checkedFile) open(ctx context.Context, env connectors.Env) (connectors.Source, error) {
	settings, err := f.settings()
	if err != nil {
		return nil, err
	}
	source, err := f.connector.Open(ctx, settings, env)
	if err != nil {
		return nil, err
	}
	return renamedSource{source, f.matched.names()}, nil
}

// sniffed is how much of a text file tells its encoding.
const sniffed = 1 << 20

// encodingOf is gb18030 where a text file's beginning is no UTF-8 and has no mark of
// another encoding, utf-8 where it is and has letters beyond ASCII; "" leaves the
// settings as they are.
func encodingOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return "", nil
	}
	ascii := bytes.IndexFunc(head, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	if n == sniffed { // the last character may be cut
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	switch {
	case ascii:
		return "", nil
	case utf8.Valid(head):
		return "utf-8", nil
	}
	return "gb18030", nil
}
