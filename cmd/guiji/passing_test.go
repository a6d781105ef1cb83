package main

import (
	"os"
	"path/filepath"
	"testing"

	"guiji/catalog"
)

// What a killed command left goes with the next; what another holds stays.
func TestPassingFolders(t *testing.T) {
	base := t.TempDir()
	w := &workspace{project: &catalog.Project{Config: catalog.Config{Defaults: catalog.Defaults{Scratch: base}}}}
	dead := filepath.Join(base, "guiji-deliver-1")
	if err := os.MkdirAll(filepath.Join(dead, "gongan"), 0o700); err != nil {
		t.Fatal(err)
	}
	held, err := w.passing("guiji-deliver-")
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.passing("guiji-deliver-")
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(base, "*")); len(left) != 2 {
		t.Errorf("%v", left)
	}
	for _, f := range []interface{ Remove() error }{held, again} {
		if err := f.Remove(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(base, "*")); len(left) != 0 {
		t.Errorf("%v", left)
	}
}
