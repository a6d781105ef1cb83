package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/score"
)

// The whole job with the real binary, twice: what is planted is found, what is
// mended is gone, and nothing else is told.
func TestDemoFindsWhatWasPlanted(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "guiji")
	build := exec.Command("go", "build", "-tags=duckdb_arrow", "-o", bin, "./cmd/guiji")
	build.Dir = filepath.Join("..", "..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build guiji: %v\n%s", err, out)
	}
	for name, options := range map[string]generate.Options{
		"defects": {Persons: generate.MinPersons, Seed: 11},
		"clean":   {Persons: generate.MinPersons, Seed: 12, Clean: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := demo{guiji: bin, dir: filepath.Join(t.TempDir(), "demo"), options: options, again: !options.Clean}
			if err := d.run(context.Background()); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(d.dir, "score.json"))
			if err != nil {
				t.Fatal(err)
			}
			var lines []score.Line
			if err := json.Unmarshal(data, &lines); err != nil {
				t.Fatal(err)
			}
			if options.Clean != (len(lines) == 0) || !score.Passed(lines) {
				t.Errorf("score %+v", lines)
			}
			if _, err := os.Stat(filepath.Join(d.project(), "reports", "index.html")); err != nil {
				t.Error(err)
			}
		})
	}
}
