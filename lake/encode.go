package lake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxJSON bounds what is read as one JSON object of the store.
const maxJSON = 256 << 20

// encode is the one JSON form of releases, leases and run records: map keys
// sorted, no HTML escapes, a line end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decode reads one JSON value and refuses anything behind it.
func decode(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the JSON value")
	}
	return nil
}

// read gets a small object whole.
func read(ctx context.Context, objs Objects, key string) ([]byte, Object, error) {
	body, o, err := objs.Get(ctx, key)
	if err != nil {
		return nil, o, err
	}
	b, err := io.ReadAll(io.LimitReader(body, maxJSON+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, o, err
	}
	if len(b) > maxJSON {
		return nil, o, fmt.Errorf("object %q is larger than %d bytes", key, maxJSON)
	}
	return b, o, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// releaseKey is release/v%012d.json.
func releaseKey(version uint64) string { return fmt.Sprintf("release/v%012d.json", version) }

// releaseVersion reads a key back; false for anything else under release/.
func releaseVersion(key string) (uint64, bool) {
	var v uint64
	if !strings.HasPrefix(key, "release/v") {
		return 0, false
	}
	if _, err := fmt.Sscanf(key, "release/v%d.json", &v); err != nil {
		return 0, false
	}
	return v, releaseKey(v) == key
}
