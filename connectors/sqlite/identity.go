package sqlite

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"guiji/connectors"
)

// fingerprint names a file's content: size, time of change and SQLite's own counter
// of changes (sqlite.org/fileformat2.html, 1.3.9). A file in WAL mode, whose newest
// rows stand in another file, has none: "".
func (s *Source) fingerprint() string {
	f, err := os.Open(s.path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 100)
	st, err := f.Stat()
	if err != nil {
		return ""
	}
	if _, err := io.ReadFull(f, head); err != nil {
		return ""
	}
	const writeVersion, changes, wal = 18, 24, 2
	if head[writeVersion] == wal {
		return ""
	}
	if _, err := os.Stat(s.path + "-journal"); err == nil { // a writer is at work, or died at it
		return ""
	}
	return fmt.Sprintf("%d %d %d", st.Size(), st.ModTime().UnixNano(), binary.BigEndian.Uint32(head[changes:]))
}

// of tells one request from another.
func of(req connectors.Request) string {
	text, err := json.Marshal(req)
	if err != nil {
		return err.Error() // texts and numbers: it cannot be
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
