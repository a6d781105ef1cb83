package scratch

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What others planted under a run folder's name in a shared folder neither stops a
// run nor is touched: a pipe nobody writes to, a link to somebody's folder, a file.
// A killed run's folder goes, one in use stays.
func TestSweepOfASharedFolder(t *testing.T) {
	base, other := t.TempDir(), t.TempDir()
	name := func(s string) string { return filepath.Join(base, "guiji-20260101T000000-"+s) }
	if err := os.WriteFile(filepath.Join(other, "theirs"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(name("pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, name("link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name("killed"), 0o700); err != nil {
		t.Fatal(err)
	}
	used, err := New(base, "guiji-20260102T000000-")
	if err != nil {
		t.Fatal(err)
	}
	defer used.Remove()
	done := make(chan error, 1)
	go func() {
		Sweep(base, "guiji-[0-9]*T[0-9]*-*")
		s, err := New(base, "guiji-20260103T000000-")
		if err == nil {
			err = s.Remove()
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a run waits for what somebody planted in its scratch folder")
	}
	for path, stays := range map[string]bool{
		name("pipe"): true, name("link"): true, name("file"): true, filepath.Join(other, "theirs"): true,
		used.Path: true, name("killed"): false,
	} {
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: stays %v, want %v", filepath.Base(path), err == nil, stays)
		}
	}
}

// A folder of another account is not opened, whoever runs the sweep.
func TestForeignFolderIsNotLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for uid, want := range map[int]bool{os.Getuid(): true, os.Getuid() + 1: false} {
		lock, err := Lock(path, uid)
		if (err == nil) != want {
			t.Errorf("as account %d: %v", uid, err)
		}
		if err == nil {
			lock.Close()
		}
	}
}
