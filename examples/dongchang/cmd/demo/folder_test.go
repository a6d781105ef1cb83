package main

import (
	"os"
	"path/filepath"
	"testing"

	"guiji/catalog"
	"guiji/examples/dongchang/generate"
)

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("somebody's work"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPrepareReplacesOnlyADemo(t *testing.T) {
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	d := demo{dir: filepath.Join(t.TempDir(), "demo")}
	if err := d.prepare(data); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(d.project(), "lake.old")
	write(t, stale)
	if err := d.prepare(data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Error("a file of the earlier demo is still there")
	}
	if _, err := catalog.Load(d.project()); err != nil {
		t.Errorf("the written project: %v", err)
	}
	for _, f := range append(data.Files, generate.File{Path: "../../manifest.jsonl"}) {
		info, err := os.Stat(filepath.Join(d.project(), "drop", f.Path))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", f.Path, info.Mode())
		}
	}

	d.dir = t.TempDir()
	work := filepath.Join(d.dir, "thesis.txt")
	write(t, work)
	if err := d.prepare(data); err == nil {
		t.Error("a folder that no demo made was taken")
	}
	if _, err := os.Stat(work); err != nil {
		t.Error(err)
	}
}

func TestMissingBinaryIsSaid(t *testing.T) {
	d := demo{guiji: filepath.Join(t.TempDir(), "guiji"), dir: t.TempDir()}
	if err := d.resolve(); err == nil {
		t.Error("no error")
	}
}
