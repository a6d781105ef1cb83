package checks_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/quality"
	"guiji/quality/checks"
)

var update = flag.Bool("update", false, "write docs/checks")

const docs = "../../docs/checks"

// The pages of docs/checks are made of the values; -update writes them.
func TestDocsAreFresh(t *testing.T) {
	pages := map[string]string{"README.md": index()}
	for _, c := range checks.All() {
		pages[c.Name+".md"] = page(t, c)
	}
	if *update {
		if err := os.MkdirAll(docs, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		path := filepath.Join(docs, name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is stale (%v): go test ./quality/checks -run TestDocsAreFresh -update", path, err)
		}
	}
	found, err := os.ReadDir(docs)
	if err != nil || len(found) != len(pages) {
		t.Errorf("%d pages for %d checks, %v", len(found), len(pages), err)
	}
}

func index() string {
	var b strings.Builder
	b.WriteString("# Checks · 核查规则\n\nMade of the values in `quality/checks`; do not edit.\n\n| check | 问题描述 | 评价指标 (GB/T 36344) | runs as |\n|---|---|---|---|\n")
	for _, c := range checks.All() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s %s | %s |\n", c.Name, c.Name, described(c), c.Indicator, quality.IndicatorOf(c.Indicator).Name, kind(c))
	}
	b.WriteString("\nBeside a check's name stand, each optional: `title`, `indicator` (four digits), `severity: error | warning`, " +
		"`on_fail: warn | quarantine | block`, `id`, `at_most` (the share of failing elements the rule bears), `where` (the rows it judges).\n" +
		"NULL passes every check but `not_null`, and `compare` where it says so. Checks over several items, and those over the resource as a whole, stand under the resource's own `checks`.\n")
	return b.String()
}

func page(t *testing.T, c *quality.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s。\n\n%s\n\n", c.Name, described(c), c.Doc)
	if c.Sample != "" {
		b.WriteString("```yaml\nchecks:\n")
		for _, line := range strings.Split(c.Sample, "\n") {
			fmt.Fprintf(&b, "  - %s\n", line)
			if s := spec(t, line); s.Kind != c.Name {
				t.Errorf("the sample of %s is %s", c.Name, s.Kind)
			}
		}
		b.WriteString("```\n\n")
	}
	fmt.Fprintf(&b, "- Runs as: %s\n- 评价指标：%s %s（GB/T 36344—2018）\n- 整改建议：%s\n", kind(c), c.Indicator, quality.IndicatorOf(c.Indicator).Name, c.Advice)
	if c.Example != "" {
		fmt.Fprintf(&b, "- 规范示例：%s\n", c.Example)
	}
	return b.String()
}

func described(c *quality.Check) string { return strings.ReplaceAll(c.Title, "%s", "〔信息项〕") }

func kind(c *quality.Check) string {
	switch {
	case c.Row != nil:
		return "row check: a kernel over the batch"
	case c.Table != nil:
		return "table check: aggregates over the resource as a whole"
	}
	return "set check: SQL over the resource"
}

// What every check must bring, and that its samples can be read.
func TestChecksAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks.All() {
		if seen[c.Name] {
			t.Errorf("%s is listed twice", c.Name)
		}
		seen[c.Name] = true
		builtin := c.Name == quality.TypeCheck || c.Name == quality.KeyCheck
		if c.Doc == "" || c.Advice == "" || !strings.Contains(c.Title, "%s") || quality.IndicatorOf(c.Indicator).Code == "" || (c.Sample == "") != builtin {
			t.Errorf("%s is not whole", c.Name)
		}
		if ways := []bool{c.Row != nil, c.Set != nil, c.Table != nil}; strings.Count(fmt.Sprint(ways), "true") != 1 {
			t.Errorf("%s is a row check, a set check or a table check", c.Name)
		}
		if !strings.Contains(c.Doc, "NULL") && c.Table == nil {
			t.Errorf("%s does not say what NULL is to it", c.Name)
		}
		for _, line := range strings.Split(c.Sample, "\n") {
			if builtin {
				continue
			}
			var s catalog.CheckSpec
			if err := yaml.Unmarshal([]byte(line), &s); err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			if c.Params != nil {
				if err := s.Decode(c.Params()); err != nil {
					t.Errorf("%s: %v", c.Name, err)
				}
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	values := 0
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") {
			values += strings.Count(string(src), " = &quality.Check{")
		}
	}
	if values != len(checks.All()) {
		t.Errorf("%d checks are written, %d are listed", values, len(checks.All()))
	}
}
