package all_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/connectors/all"
)

// Folders beside the connectors that hold none.
func isConnector(name string) bool {
	return name != "all" && name != "connectortest" && name != "files"
}

func TestEveryFolderIsListedAndComplete(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, c := range all.All() {
		listed[c.Name] = true
	}
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || !isConnector(name) {
			continue
		}
		if !listed[name] {
			t.Errorf("connectors/%s is not in all.All", name)
		}
		delete(listed, name)
		for _, file := range []string{"README.md", "sample.yaml"} {
			if st, err := os.Stat(filepath.Join("..", name, file)); err != nil || st.Size() == 0 {
				t.Errorf("connectors/%s lacks %s", name, file)
			}
		}
		for _, call := range []string{"connectortest.Run(", "connectortest.Bench("} {
			if !calls(t, filepath.Join("..", name), call) {
				t.Errorf("connectors/%s has no test that calls %s…)", name, call)
			}
		}
	}
	for name := range listed {
		t.Errorf("all.All lists %s, which has no folder of its own", name)
	}
}

func calls(t *testing.T, dir, call string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tests {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), call) {
			return true
		}
	}
	return false
}

// The README shows the sample, so that the two never part.
func TestSampleIsInTheReadme(t *testing.T) {
	for _, c := range all.All() {
		readme, err := os.ReadFile(filepath.Join("..", c.Name, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		sample, err := os.ReadFile(filepath.Join("..", c.Name, "sample.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "```yaml\n"+string(sample)+"```") {
			t.Errorf("connectors/%s/README.md does not show sample.yaml as it is", c.Name)
		}
	}
}

func TestConnectorsAreWhole(t *testing.T) {
	for _, c := range all.All() {
		if c.Doc == "" || c.Open == nil {
			t.Errorf("%s has no Doc or no Open", c.Name)
		}
		if _, ok := c.Settings().(interface{ Validate() error }); !ok {
			t.Errorf("the settings of %s have no Validate", c.Name)
		}
		if c.Kind.Source == nil || c.Kind.Snapshot == nil {
			t.Errorf("%s names no types: Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil)}", c.Name)
		}
		if found, ok := all.Find(c.Name); !ok || found.Name != c.Name {
			t.Errorf("%s is not found", c.Name)
		}
	}
	if c, ok := all.Find("no such"); ok {
		t.Errorf("found %q", c.Name)
	}
}

// What make test fuzzes is there: go test takes the name of no target for a success.
func TestFuzzedTargetsAreThere(t *testing.T) {
	text, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "\nFUZZED := ")
	list, _, _ = strings.Cut(list, "\n")
	folders := map[string]bool{}
	for _, target := range strings.Fields(list) {
		folder, name, _ := strings.Cut(target, "/")
		folders[folder] = true
		if !calls(t, filepath.Join("..", folder), "\nfunc "+name+"(f *testing.F)") {
			t.Errorf("connectors/%s has no %s", folder, name)
		}
	}
	for _, folder := range []string{"csvfile", "excel", "httpapi", "mysql"} {
		if !folders[folder] {
			t.Errorf("make test fuzzes nothing of connectors/%s", folder)
		}
	}
}

// A sample is what people copy: every line of it, the ones in comments too, is a setting.
func TestSamplesAreTaken(t *testing.T) {
	optional := regexp.MustCompile(`(?m)^  # ([a-z_]+:)`)
	for _, c := range all.All() {
		sample, err := os.ReadFile(filepath.Join("..", c.Name, "sample.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range [][]byte{sample, optional.ReplaceAll(sample, []byte("  $1"))} {
			var connections map[string]map[string]any
			if err := yaml.Unmarshal(form, &connections); err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			for name, settings := range connections {
				if settings["connector"] != c.Name {
					t.Errorf("%s: %s is of connector %v", c.Name, name, settings["connector"])
				}
				delete(settings, "connector")
				text, err := yaml.Marshal(settings)
				if err != nil {
					t.Fatal(err)
				}
				into := c.Settings()
				if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
					t.Errorf("%s: %v", c.Name, err)
				}
				if err := into.(interface{ Validate() error }).Validate(); err != nil {
					t.Errorf("%s: %v", c.Name, err)
				}
			}
		}
	}
}
