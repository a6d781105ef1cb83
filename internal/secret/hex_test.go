package secret

import (
	"bytes"
	"strings"
	"testing"

	"guiji/internal/fault"
)

func TestHex(t *testing.T) {
	good := strings.Repeat("0aF1", 8)
	t.Setenv("GUIJI_TEST_KEY", good)
	key, err := Hex("${GUIJI_TEST_KEY}", t.TempDir(), 16)
	if err != nil || !bytes.Equal(key[:2], []byte{0x0a, 0xf1}) || len(key) != 16 {
		t.Errorf("a key of 16 bytes: %d bytes, %v", len(key), err)
	}
	for _, bad := range []string{good[:31], good + "00", "z" + good[1:], canary} {
		t.Setenv("GUIJI_TEST_KEY", bad)
		_, err := Hex("${GUIJI_TEST_KEY}", t.TempDir(), 16)
		if fault.KindOf(err) != fault.Config || strings.Contains(err.Error(), bad[:8]) || strings.Contains(err.Error(), "z") && strings.HasPrefix(bad, "z") && strings.Contains(err.Error(), "'z'") {
			t.Errorf("a key of %d digits: %v", len(bad), err)
		}
	}
}
