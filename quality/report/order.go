package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// ordered rewrites a XLSX file with its parts in a fixed order, the list of content
// types first as readers like it: the writer leaves streamed parts in the order of
// a map. Parts are copied compressed as they are, but for the sheets whose rows, by the
// part's name, are still to be put in below their headers.
func ordered(from, to string, rows map[string]*rowFile) (err error) {
	in, err := zip.OpenReader(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	rank := func(f *zip.File) int {
		if f.Name == "[Content_Types].xml" {
			return 0
		}
		return 1
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	w := quickZip(out)
	for _, f := range in.File {
		if r := rows[f.Name]; r != nil {
			err = withRows(w, f, r)
		} else {
			err = w.Copy(f)
		}
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// withRows writes a sheet's part with its rows.
func withRows(w *zip.Writer, f *zip.File, rows *rowFile) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	part, err := io.ReadAll(in) // all but the rows: a few thousand bytes
	if err != nil {
		return err
	}
	end := bytes.LastIndex(part, []byte("</sheetData>"))
	if end < 0 {
		return fmt.Errorf("%s: no place for rows", f.Name)
	}
	out, err := w.Create(f.Name)
	if err != nil {
		return err
	}
	if _, err := out.Write(part[:end]); err != nil {
		return err
	}
	if err := rows.copyTo(out); err != nil {
		return err
	}
	_, err = out.Write(part[end:])
	return err
}
