package secret

import (
	"encoding/hex"

	"guiji/internal/fault"
)

// Hex resolves a reference to a key of so many bytes, written as hex digits. The
// error is of kind fault.Config and tells nothing of the key.
func Hex(ref, dir string, size int) ([]byte, error) {
	s, err := Expand(ref, dir)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(s)
	if err != nil || len(key) != size { // the decoder's error would show a digit
		return nil, fault.New(fault.Config, "secret.hex", 2*size, size).Try("secret.hex.hint", size)
	}
	return key, nil
}
