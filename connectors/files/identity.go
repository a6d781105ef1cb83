package files

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// Of a file up to wholeFile everything goes into its identity, of a longer one both ends: an
// export that was written again differs at its end or in its size nearly always, and in its
// change time, which nobody can set back, in any case.
const (
	wholeFile = 1 << 20
	endOfFile = 64 << 10
)

// Identity names files by what they are: name, size, time of writing, place on the disk,
// time of any change, and their ends, and by how they are read; "" where one of them cannot
// tell, or is no longer what it was.
func (f *Folder) Identity(files []File, how any) string {
	sum := sha256.New()
	head, err := json.Marshal(how)
	if err != nil {
		return ""
	}
	sum.Write(head)
	for _, file := range files {
		if !f.fingerprint(sum, file) {
			return ""
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// fingerprint adds a file to the sum; false where that cannot be.
func (f *Folder) fingerprint(sum hash.Hash, file File) bool {
	handle, err := os.Open(f.path(file.Name))
	if err != nil {
		return false
	}
	defer handle.Close()
	stat, err := handle.Stat()
	if err != nil {
		return false
	}
	place, ok := placeOf(stat)
	if !ok || file.Unchanged(handle) != nil {
		return false
	}
	text, err := json.Marshal([]any{file, place})
	if err != nil {
		return false
	}
	sum.Write(text)
	if file.Size <= wholeFile {
		n, err := io.Copy(sum, io.LimitReader(handle, file.Size))
		return err == nil && n == file.Size
	}
	for _, at := range []int64{0, file.Size - endOfFile} {
		if _, err := io.Copy(sum, io.NewSectionReader(handle, at, endOfFile)); err != nil {
			return false
		}
	}
	return true
}

// Place names a table for lineage: the namespace "file" and its path.
func Place(dir, path, table string) (namespace, name string) {
	path = filepath.Join(path, table)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return "file", filepath.ToSlash(path)
}
