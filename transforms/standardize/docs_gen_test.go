package standardize_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/transforms/standardize"
)

var update = flag.Bool("update", false, "write docs/steps.md")

// docs/steps.md is made of the steps' own documentation; -update writes it.
func TestDocsAreFresh(t *testing.T) {
	const path = "../../docs/steps.md"
	want := stepsPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is stale (%v): go test ./transforms/standardize -run TestDocsAreFresh -update", path, err)
	}
}

func stepsPage() string {
	var b strings.Builder
	b.WriteString("# Steps of standardising · 标准化步骤\n\nMade of the values in `transforms/standardize`; do not edit.\n\n" +
		"An item's `standardize:` lists steps in the order they run; `[]` means none. What a step changes is kept in `<item>_raw`.\n\n" +
		"| step | parameter | types | what it does |\n|---|---|---|---|\n")
	for _, s := range standardize.Steps() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, s.Param, strings.Join(strings.Split(s.Kinds, ""), " "), s.Doc)
	}
	b.WriteString("\nAn item that writes none has\n\n| item | steps |\n|---|---|\n")
	for _, row := range []struct {
		what     string
		item     *catalog.Item
		standard string
	}{
		{"C with check `citizen_id`, or an element of GB 11643", item("x", "C(18)"), "GB 11643"},
		{"C with check `credit_code`, or an element of GB 32100", item("x", "C(18)"), "GB 32100"},
		{"C with check `phone`", withCheck(item("x", "C"), "phone", ""), ""},
		{"C with check `in_codes: t`", withCheck(item("x", "C"), "in_codes", "t"), ""},
		{"C", item("x", "C"), ""}, {"N, F, Y", item("x", "N(5)"), ""}, {"D, T", item("x", "D"), ""}, {"B", item("x", "B"), ""},
	} {
		var steps []string
		for _, s := range standardize.Defaults(row.item, row.standard) {
			if s.Param != "" {
				s.Name = "{" + s.Name + ": " + s.Param + "}"
			}
			steps = append(steps, s.Name)
		}
		fmt.Fprintf(&b, "| %s | `[%s]` |\n", row.what, strings.Join(steps, ", "))
	}
	return b.String()
}
