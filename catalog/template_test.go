package catalog

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guiji/internal/fault"
)

func TestTemplateIsInOrder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "project")
	written, err := Init(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(written, ".gitignore") || slices.Contains(written, "gitignore") {
		t.Errorf("written: %v", written)
	}
	if ignored, err := os.ReadFile(filepath.Join(dir, ".gitignore")); err != nil || !strings.Contains(string(ignored), "\n/keys/\n") {
		t.Errorf("keys of accounts would go into git: %v", err)
	}
	p, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Check(when) {
		if v.Severity != Note {
			t.Errorf("%s", describe([]Violation{v}))
		}
	}
	for _, r := range p.CollectOnce(when) {
		t.Errorf("%s.%s is refused: %s", r.Resource, r.Item, r.Message("en"))
	}
	if len(p.Resources) != 2 || len(p.Codes) != 2 {
		t.Errorf("%d resources and %d code tables, want 2 and 2", len(p.Resources), len(p.Codes))
	}
	for _, r := range p.Resources {
		folder := "gongan"
		if r.Provider == "minzheng" {
			folder = "minzheng"
		}
		if _, err := os.Stat(filepath.Join(dir, "drop", folder, r.Source.Table)); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
	}
	if _, err := Init(dir); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("a second Init gives %v", err)
	}
}

func TestInitLeavesAFullFolderAlone(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(own, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(dir); err == nil {
		t.Error("Init writes into a folder with files")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %d files now", len(entries))
	}
	fresh := t.TempDir()
	if err := os.Mkdir(filepath.Join(fresh, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(fresh); err != nil {
		t.Errorf("a fresh git repository: %v", err)
	}
}
