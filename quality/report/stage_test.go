package report

import (
	"os"
	"path/filepath"
	"testing"
)

// A department that left the catalogue leaves the reports too; what others put there
// stays.
func TestReportsOfADepartmentThatLeft(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"left/index.html", "left/work-list.xlsx", "left/work-list-2.xlsx", "noted/index.html", "noted/work-list.xlsx", "noted/minutes.txt",
		"site/index.html", "gongan/index.html", "gongan/work-list.xlsx", "index.html",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := newStage(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.discard()
	home, err := s.folder("gongan")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(home, "index.html"), filepath.Join(home, "work-list.xlsx"), filepath.Join(s.tmp, pageFile), filepath.Join(s.tmp, jsonFile), filepath.Join(s.tmp, junitFile)} {
		if err := os.WriteFile(path, []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.swap(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"left": false, "noted/work-list.xlsx": false, "noted/index.html": false, "noted/minutes.txt": true, "site/index.html": true, "gongan/work-list.xlsx": true, "index.html": true,
	} {
		if _, err := os.Lstat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
