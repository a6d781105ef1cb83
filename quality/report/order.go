package report

import (
	"archive/zip"
	"cmp"
	"errors"
	"os"
	"slices"
)

// ordered rewrites a XLSX file with its parts in a fixed order, the list of content
// types first as readers like it: the writer leaves streamed parts in the order of
// a map. Parts are copied compressed as they are.
func ordered(from, to string) (err error) {
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
	w := zip.NewWriter(out)
	for _, f := range in.File {
		if err := w.Copy(f); err != nil {
			return err
		}
	}
	return w.Close()
}
