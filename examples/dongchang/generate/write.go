package generate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// csvForm is how a resource's records are written as files.
type csvForm struct {
	header  []string
	gb18030 bool // else UTF-8 with a byte order mark
	path    func(rec *record) string
}

// dataset writes the records in the forms of their sources and sorts the manifest.
func (w *world) dataset(resources []*resource) (*Dataset, error) {
	d := &Dataset{Manifest: w.manifest}
	for _, r := range resources {
		if r.table != nil {
			for _, rec := range r.records {
				r.table.Rows = append(r.table.Rows, rec.cells)
			}
			d.Tables = append(d.Tables, r.table)
			continue
		}
		files, err := r.files()
		if err != nil {
			return nil, fmt.Errorf("write %s/%s: %w", r.department, r.name, err)
		}
		d.Files = append(d.Files, files...)
	}
	slices.SortFunc(d.Manifest, func(a, b Finding) int { return strings.Compare(a.order(), b.order()) })
	return d, nil
}

func (f Finding) order() string {
	return strings.Join([]string{f.Resource, f.Expect, f.Rule, f.Key, f.Element, f.Text}, "\x00")
}

func (r *resource) files() ([]File, error) {
	parts := map[string]*bytes.Buffer{}
	var paths []string
	for _, rec := range r.records {
		path := r.csv.path(rec)
		buf := parts[path]
		if buf == nil {
			buf = &bytes.Buffer{}
			parts[path] = buf
			paths = append(paths, path)
			if !r.csv.gb18030 {
				buf.WriteString("\ufeff")
			}
			if err := r.csv.write(buf, r.csv.header); err != nil {
				return nil, err
			}
		}
		if err := r.csv.record(buf, rec); err != nil {
			return nil, err
		}
	}
	slices.Sort(paths)
	var out []File
	for _, p := range paths {
		out = append(out, File{Path: p, Bytes: parts[p].Bytes()})
	}
	return out, nil
}

// record writes one record: its broken line as it is, else its cells.
func (c *csvForm) record(buf *bytes.Buffer, rec *record) error {
	if rec.line == nil {
		return c.write(buf, texts(rec.cells))
	}
	// Bytes that are no UTF-8 stand as they are; the rest is in the file's encoding.
	for part := range bytes.SplitAfterSeq(rec.line, []byte(",")) {
		encoded, err := c.encode(string(bytes.ToValidUTF8(part, nil)))
		if err != nil {
			return err
		}
		if !bytes.Equal(bytes.ToValidUTF8(part, nil), part) {
			encoded = part
		}
		buf.Write(encoded)
	}
	buf.WriteString("\r\n")
	return nil
}

func (c *csvForm) write(buf *bytes.Buffer, cells []string) error {
	var line bytes.Buffer
	w := csv.NewWriter(&line)
	w.UseCRLF = true
	if err := w.Write(cells); err != nil {
		return err
	}
	w.Flush()
	encoded, err := c.encode(line.String())
	buf.Write(encoded)
	return err
}

func (c *csvForm) encode(s string) ([]byte, error) {
	if !c.gb18030 {
		return []byte(s), nil
	}
	return simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
}

func texts(cells Row) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.Text
	}
	return out
}

// WriteFiles writes the CSV sources below dir, readable by their owner alone.
func (d *Dataset) WriteFiles(dir string) error {
	for _, f := range d.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Bytes, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// WriteManifest writes the manifest as JSON lines.
func (d *Dataset) WriteManifest(path string) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for _, f := range d.Manifest {
		if err := enc.Encode(f); err != nil {
			return err
		}
	}
	return os.WriteFile(path, buf.Bytes(), 0o600)
}
