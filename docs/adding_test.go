package docs

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guiji/connectors"
	"guiji/connectors/all"
)

// The page about adding a connector says what the code has: the real one's length, and it is
// short; every optional interface, and the name under which it is shown.
func TestAddingAConnectorIsTrue(t *testing.T) {
	code, err := os.ReadFile("../connectors/jsonl/jsonl.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Count(code, []byte("\n"))
	if lines > 150 {
		t.Errorf("the real one has %d lines, more than 150", lines)
	}
	row := regexp.MustCompile("(?m)^\\| `([A-Z][A-Za-z]+)` \\|[^|]+\\| (?:`([a-z_]+)`)? *\\|")
	optional := optionalInterfaces(t)
	for page, length := range map[string]string{"adding-a-connector.md": fmt.Sprintf("\n%d lines,", lines), "zh/adding-a-connector.md": fmt.Sprintf("\n共 %d 行", lines)} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), length) {
			t.Errorf("docs/%s does not say that the real one has %d lines", page, lines)
		}
		var told []string
		shown := map[string]bool{"parts": true, "snapshot": true, "statistics": true} // these are no interfaces
		for _, m := range row.FindAllStringSubmatch(string(text), -1) {
			told = append(told, m[1])
			shown[m[2]] = true
		}
		slices.Sort(told)
		if !slices.Equal(told, optional) {
			t.Errorf("docs/%s tells of the interfaces %v; the code has %v", page, told, optional)
		}
		for _, ability := range everyAbility() {
			if !shown[string(ability)] || !strings.Contains(string(text), "`"+string(ability)+"`") {
				t.Errorf("docs/%s does not tell of the ability %s", page, ability)
			}
		}
	}
}

// everyAbility are those that any connector has.
func everyAbility() (out []connectors.Ability) {
	for _, c := range all.All() {
		out = append(out, c.Abilities()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// optionalInterfaces are those of the contract that a connector need not have, sorted.
func optionalInterfaces(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../connectors/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if ok {
				if _, ok := spec.Type.(*ast.InterfaceType); ok && !slices.Contains([]string{"Source", "Snapshot", "Sink"}, spec.Name.Name) {
					out = append(out, spec.Name.Name)
				}
			}
			return true
		})
	}
	slices.Sort(out)
	return out
}
