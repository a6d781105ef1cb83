package filelock_test

import (
	"path/filepath"
	"sync"
	"testing"

	"guiji/internal/state/filelock"
)

// One at a time, whoever asks; where no file can be, none holds it.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var wg sync.WaitGroup
	n := 0
	for range 50 {
		wg.Go(func() {
			unlock, err := filelock.Lock(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			was := n
			n = was + 1
		})
	}
	wg.Wait()
	if n != 50 {
		t.Errorf("%d of 50 held it alone", n)
	}
	if _, err := filelock.Lock(filepath.Join(path, "below a file")); err == nil {
		t.Error("a lock below a file")
	}
}
