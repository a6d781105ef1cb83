// Package docs holds what people read; its tests keep the pages that are made from
// code fresh, and the links and commands of the others true. Nobody imports it.
package docs

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guiji/connectors"
	"guiji/connectors/all"
)

//go:generate go test -run TestConnectorPagesAreFresh . -update

var update = flag.Bool("update", false, "write docs/connectors")

// A page for each connector, made of its sentence, its sample, its settings with
// their defaults and comments, and what its own README tells.
func TestConnectorPagesAreFresh(t *testing.T) {
	pages := map[string]string{"README.md": connectorIndex()}
	for _, c := range all.All() {
		pages[c.Name+".md"] = connectorPage(t, c)
	}
	for name, want := range pages {
		path := filepath.Join("connectors", name)
		if *update {
			if err := os.MkdirAll("connectors", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("docs/%s is stale (%v): make generate", path, err)
		}
	}
	found, err := os.ReadDir("connectors")
	if err != nil || len(found) != len(pages) {
		t.Errorf("%d pages for %d connectors, %v", len(found), len(pages)-1, err)
	}
}

const made = "<!-- Made from code by `make generate`; do not edit. -->\n\n"

func connectorIndex() string {
	var b strings.Builder
	b.WriteString(made + "# Connectors · 连接器\n\n| connector | what it reads | can, beside reading whole tables |\n|---|---|---|\n")
	for _, c := range all.All() {
		can := make([]string, len(c.Abilities()))
		for i, a := range c.Abilities() {
			can[i] = string(a)
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", c.Name, c.Name, c.Doc, strings.Join(can, ", "))
	}
	b.WriteString("\nA new one is one folder in `connectors/` and one line in `connectors/all`; `connectors/connectortest` tells its author when it is done. What the abilities are: [add a connector](../adding-a-connector.md).\n")
	return b.String()
}

func connectorPage(t *testing.T, c connectors.Connector) string {
	t.Helper()
	folder := filepath.Join("..", "connectors", c.Name)
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(readme), "\n")
	if !ok || !strings.HasPrefix(string(readme), "# "+c.Name+"\n") {
		t.Fatalf("%s/README.md does not begin with # %s", folder, c.Name)
	}
	comments := fieldComments(t, folder)
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n%s\n\n## Settings\n\n%s| `connector` | text | | `%s` |\n", made, c.Name, c.Doc, settingsHead, c.Name)
	v := reflect.ValueOf(c.Settings()).Elem()
	b.WriteString(settingsRows(v, comments))
	for _, part := range nested(v.Type()) {
		fmt.Fprintf(&b, "\n### %s\n\n%s%s", part.Name(), settingsHead, settingsRows(reflect.New(part).Elem(), comments))
	}
	b.WriteString("\n## From its folder\n" + body)
	return b.String()
}

const settingsHead = "| key | type | default | |\n|---|---|---|---|\n"

// settingsRows are the lines of a table of settings, one a field.
func settingsRows(v reflect.Value, comments map[string]string) string {
	var b strings.Builder
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", key, kindOf(v.Field(i)), defaultOf(v.Field(i)), strings.ReplaceAll(comments[v.Type().Name()+"."+field.Name], "|", "\\|"))
	}
	return b.String()
}

// nested are the types of a connector's own that its settings are made of, in the order they
// are met. Settings of another connector are told of on its page.
func nested(t reflect.Type) []reflect.Type {
	var out []reflect.Type
	for i := range t.NumField() {
		of := ownType(t.Field(i).Type)
		if of == nil || of.PkgPath() != t.PkgPath() || slices.Contains(out, of) {
			continue
		}
		out = append(out, of)
		for _, deeper := range nested(of) {
			if !slices.Contains(out, deeper) {
				out = append(out, deeper)
			}
		}
	}
	return out
}

// ownType is the struct of a connector that a field holds, by itself or many of; nil is none.
func ownType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && strings.HasPrefix(t.PkgPath(), "guiji/connectors/") {
		return t
	}
	return nil
}

// fieldComments are the comments on the fields of a connector's structs, by Type.Field.
func fieldComments(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			form, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range form.Fields.List {
				for _, name := range field.Names {
					out[spec.Name.Name+"."+name.Name] = strings.TrimSpace(strings.ReplaceAll(field.Comment.Text(), "\n", " "))
				}
			}
			return false
		})
	}
	return out
}

func kindOf(v reflect.Value) string {
	switch v.Type().String() {
	case "secret.Secret":
		return "secret: `${NAME}` or `${file:path}`"
	case "time.Duration":
		return "duration: `30s`, `6h`"
	}
	if of := ownType(v.Type()); of != nil {
		if other := path.Base(of.PkgPath()); of.Name() == "Settings" {
			return "settings of [" + other + "](" + other + ".md)"
		}
		if v.Kind() == reflect.Map {
			return "by name: " + of.Name()
		}
		return of.Name()
	}
	switch v.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true, false"
	case reflect.Int, reflect.Int64:
		return "number"
	case reflect.Slice:
		return "list of " + kindOf(reflect.Zero(v.Type().Elem())) + "s"
	}
	return v.Type().String()
}

func defaultOf(v reflect.Value) string {
	if v.IsZero() || v.Kind() == reflect.Struct || v.Type().String() == "secret.Secret" {
		return ""
	}
	s := fmt.Sprint(v.Interface())
	if v.Type().String() == "time.Duration" { // 6h0m0s is 6h to a reader
		s = strings.Replace(s, "m0s", "m", 1)
		s = strings.Replace(s, "h0m", "h", 1)
	}
	return "`" + s + "`"
}

// Every page's links lead somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			to := string(m[1])
			if strings.Contains(to, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), to)); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, to)
			}
		}
	}
}

// A path that a page names in code letters exists.
func TestPathsNamed(t *testing.T) {
	named := regexp.MustCompile("`((?:cmd|pipelines|connectors|transforms|quality|lake|catalog|internal|deploy|docs|bench|examples)/[A-Za-z0-9_./-]*)`")
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			if !slices.ContainsFunc([]string{"..", "../catalog/template"}, func(root string) bool { // or in what guiji init writes
				_, err := os.Stat(filepath.Join(root, string(m[1])))
				return err == nil
			}) {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
	}
}

// pages are the pages of docs and the READMEs at the repository's root.
func pages(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The index leads to every page, so that a new one is found in both languages.
func TestIndexIsWhole(t *testing.T) {
	index, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages(t) {
		made := strings.HasPrefix(page, "connectors/") || strings.HasPrefix(page, "checks/")
		if strings.HasPrefix(page, "..") || made || page == "README.md" {
			continue
		}
		if !strings.Contains(string(index), "]("+page+")") {
			t.Errorf("docs/README.md does not lead to %s", page)
		}
	}
}
