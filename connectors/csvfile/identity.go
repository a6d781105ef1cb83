package csvfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"os"

	"guiji/connectors"
)

// Of a file up to wholeFile everything goes into its identity, of a longer one both ends: an
// export that was written again differs at its end or in its size nearly always, and in its
// change time, which nobody can set back, in any case.
const (
	wholeFile = 1 << 20
	endOfFile = 64 << 10
)

// Identity names the files by what they are: name, size, time of writing, place on the disk,
// time of any change, and their ends; "" where one of them cannot tell, or is no longer what
// it was when the snapshot was opened.
func (s *snapshot) Identity() string {
	files, err := s.resolve(s.request.Table)
	if err != nil {
		return ""
	}
	sum := sha256.New()
	settings := s.settings
	settings.Path = "" // the same files under another mount are the same files
	head, err := json.Marshal(struct {
		Settings Settings
		Request  connectors.Request
		Parts    []connectors.Part
	}{settings, s.request, s.parts})
	if err != nil {
		return ""
	}
	sum.Write(head)
	for _, f := range files {
		if !s.fingerprint(sum, f) {
			return ""
		}
	}
	return "csvfile-" + hex.EncodeToString(sum.Sum(nil)[:16])
}

// fingerprint adds a file to the sum; false where that cannot be.
func (s *snapshot) fingerprint(sum hash.Hash, f file) bool {
	handle, err := os.Open(s.path(f.Name))
	if err != nil {
		return false
	}
	defer handle.Close()
	stat, err := handle.Stat()
	if err != nil {
		return false
	}
	place, ok := placeOf(stat)
	if !ok || stat.Size() != f.Size || stat.ModTime().UnixNano() != f.Modified {
		return false
	}
	text, err := json.Marshal([]any{f, place})
	if err != nil {
		return false
	}
	sum.Write(text)
	if f.Size <= wholeFile {
		n, err := io.Copy(sum, io.LimitReader(handle, f.Size))
		return err == nil && n == f.Size
	}
	for _, at := range []int64{0, f.Size - endOfFile} {
		if _, err := io.Copy(sum, io.NewSectionReader(handle, at, endOfFile)); err != nil {
			return false
		}
	}
	return true
}
