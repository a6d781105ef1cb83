package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A package cannot have every name.
func TestNamesRefused(t *testing.T) {
	for _, name := range []string{"", "x", "../x", "Bad", "new-sys", "type", "string", "connectors"} {
		root := t.TempDir()
		if err := generate(root, name); err == nil {
			t.Errorf("%q is taken", name)
		}
		if left, err := os.ReadDir(root); err != nil || len(left) != 0 {
			t.Errorf("%q leaves %v, %v", name, left, err)
		}
	}
}

// A generated connector compiles, is listed, and its suite fails with sentences that say
// what to write.
func TestGeneratedConnectorSaysWhatToWrite(t *testing.T) {
	root := t.TempDir()
	for _, part := range []string{"connectors", "internal", "lake", "catalog", "go.mod", "go.sum"} {
		copyTree(t, filepath.Join("..", "..", part), filepath.Join(root, part))
	}
	if err := generate(root, "newsys"); err != nil {
		t.Fatal(err)
	}
	if err := generate(root, "newsys"); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a second time: %v", err)
	}
	for file, line := range map[string]string{"connectors/all/all.go": "\t\tnewsys.Connector(),\n", "internal/text/text.go": "\t\tnewsysMessages,\n"} {
		if text, err := os.ReadFile(filepath.Join(root, file)); err != nil || !strings.Contains(string(text), line) {
			t.Errorf("%s does not list it: %v", file, err)
		}
	}
	if out, err := run(root, "gofmt", "-l", "connectors/newsys", "connectors/all", "internal/text"); err != nil || strings.TrimSpace(out) != "" {
		t.Errorf("not gofmt-clean: %s %v", out, err)
	}
	out, err := run(root, "go", "test", "-count=1", "./connectors/newsys")
	if err == nil {
		t.Fatal("the suite passes")
	}
	for _, sentence := range []string{
		"connectors/newsys/newsys_test.go: write load", "connectors/newsys/newsys_test.go: write Bad",
		"connectors/newsys/newsys.go: write Discover", "connectors/newsys/newsys.go: write Snapshot", "FAIL: TestConformance/Discovery",
		"Harness.Wire is nil: give it, or declare", "Harness.File is nil: give it, or declare", "Harness.Extremes is empty",
	} {
		if !strings.Contains(out, sentence) {
			t.Errorf("the suite does not say %q:\n%s", sentence, out)
		}
	}
	if strings.Contains(out, "panic") {
		t.Errorf("the suite panics:\n%s", out)
	}
	// What connectors/all asks of every folder.
	readme, err := os.ReadFile(filepath.Join(root, "connectors/newsys/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile(filepath.Join(root, "connectors/newsys/sample.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```yaml\n"+string(sample)+"```") {
		t.Error("the README does not show the sample")
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "X", "my-source", "../x", "1x", "x"} {
		if err := generate(t.TempDir(), name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func run(dir string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if stat, err := os.Stat(from); err != nil {
		t.Fatal(err)
	} else if stat.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
