// Command newconnector makes a connector that compiles and fails the suite with sentences
// that say what to write next: newconnector NAME [ROOT]. make new-connector NAME=x runs it.
package main

import (
	"embed"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed template
var template embed.FS

func main() {
	root := "."
	if len(os.Args) > 2 {
		root = os.Args[2]
	}
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: make new-connector NAME=x")
		os.Exit(2)
	}
	if err := generate(root, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "new-connector:", err)
		os.Exit(2)
	}
	fmt.Printf("connectors/%[1]s is there. Next: go test ./connectors/%[1]s -run TestWhatIsLeft, and docs/adding-a-connector.md\n", os.Args[1])
}

// generate writes the connector's files below a checkout and lists it; nothing that is there
// is written over.
func generate(root, name string) error {
	if !regexp.MustCompile(`^[a-z][a-z0-9]{1,19}$`).MatchString(name) {
		return fmt.Errorf("%q is no name: small letters and digits, 2 to 20, a letter first", name)
	}
	if token.IsKeyword(name) || types.Universe.Lookup(name) != nil || name == "connectors" {
		return fmt.Errorf("%q means something else in Go already", name)
	}
	dir := filepath.Join(root, "connectors", name)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("connectors/%s is there already", name)
	}
	if err := list(root, name); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for from, to := range map[string]string{
		"connector.go": filepath.Join(dir, name+".go"), "snapshot.go": filepath.Join(dir, "snapshot.go"),
		"connector_test.go": filepath.Join(dir, name+"_test.go"), "README.md": filepath.Join(dir, "README.md"),
		"sample.yaml": filepath.Join(dir, "sample.yaml"), "messages.go": filepath.Join(root, "internal/text/messages_connector_"+name+".go"),
	} {
		text, err := filled(from, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// filled is a template's text for a name.
func filled(file, name string) (string, error) {
	text, err := template.ReadFile("template/" + file + ".tmpl")
	if err != nil {
		return "", err
	}
	sample, err := template.ReadFile("template/sample.yaml.tmpl")
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(strings.Replace(string(text), "{{sample}}", string(sample), 1), "NAME", name), nil
}

// list adds the connector to connectors/all and its messages to internal/text.
func list(root, name string) error {
	for _, edit := range []struct{ file, before, add string }{
		{"connectors/all/all.go", ")\n\n// All lists", fmt.Sprintf("\t\"guiji/connectors/%s\"\n", name)},
		{"connectors/all/all.go", "\t}\n}\n\n// Find", fmt.Sprintf("\t\t%s.Connector(),\n", name)},
		{"internal/text/text.go", "\t}\n}\n", fmt.Sprintf("\t\t%sMessages,\n", name)},
	} {
		path := filepath.Join(root, edit.file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := strings.LastIndex(string(text), edit.before)
		if at < 0 {
			return fmt.Errorf("%s has no place for the line %q", edit.file, strings.TrimSpace(edit.add))
		}
		sorted, err := format.Source([]byte(string(text[:at]) + edit.add + string(text[at:])))
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, sorted, 0o644); err != nil {
			return err
		}
	}
	return nil
}
