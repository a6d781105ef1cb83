package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	dongchang "guiji/examples/dongchang"
	"guiji/examples/dongchang/generate"
)

// marker tells a folder that a demo made from one that holds somebody's work.
const marker = ".guiji-demo"

func (d *demo) project() string { return filepath.Join(d.dir, "project") }

// resolve makes paths absolute and finds the binary.
func (d *demo) resolve() error {
	for _, p := range []*string{&d.guiji, &d.dir} {
		abs, err := filepath.Abs(*p)
		if err != nil {
			return err
		}
		*p = abs
	}
	if info, err := os.Stat(d.guiji); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("no guiji binary at %s: build it first (make build)", d.guiji)
	}
	return nil
}

// prepare replaces an earlier demo's folder and writes project, files and manifest.
func (d *demo) prepare(data *generate.Dataset) error {
	if err := d.clear(); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.dir, marker), []byte("made by the demo, replaced by the next one\n"), 0o600); err != nil {
		return err
	}
	if err := dongchang.WriteProject(d.project()); err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	return d.write(data)
}

// write puts the CSV sources and the manifest in place.
func (d *demo) write(data *generate.Dataset) error {
	if err := data.WriteFiles(filepath.Join(d.project(), "drop")); err != nil {
		return fmt.Errorf("write the CSV sources: %w", err)
	}
	return data.WriteManifest(filepath.Join(d.dir, "manifest.jsonl"))
}

func (d *demo) clear() error {
	entries, err := os.ReadDir(d.dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(d.dir, marker)); err != nil {
		return fmt.Errorf("%s was not made by the demo: name another folder with -dir", d.dir)
	}
	return os.RemoveAll(d.dir)
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o600)
}
