package profile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/internal/text"
)

// Written is a suggestion as YAML takes it, with an id of its own where one is given.
func (s Suggestion) Written(id string) string {
	switch {
	case id != "":
		return "{" + s.Kind + ": " + s.Params + ", id: " + id + "}"
	case s.Params == "":
		return s.Kind
	}
	return "{" + s.Kind + ": " + s.Params + "}"
}

// Spec is the check as an entry would have it.
func (s Suggestion) Spec(id string) (catalog.CheckSpec, error) {
	var out catalog.CheckSpec
	err := yaml.Unmarshal([]byte(s.Written(id)), &out)
	return out, err
}

// YAML writes suggestions as lists of checks, by item and for the entry as a whole, each
// with its evidence. The lists go into the entry's own.
func YAML(resource *catalog.Resource, all []Suggestion, lang text.Lang) string {
	var b strings.Builder
	lines := func(indent, item string) {
		for _, s := range all {
			if s.Item == item {
				fmt.Fprintf(&b, "%s- %s   # %s\n", indent, s.Written(""), s.told(lang))
			}
		}
	}
	head := false
	for _, it := range resource.Items {
		if !contains(all, it.Name) {
			continue
		}
		if !head {
			b.WriteString("items:\n")
			head = true
		}
		fmt.Fprintf(&b, "  - name: %s   # %s\n    checks:\n", it.Name, it.Label)
		lines("      ", it.Name)
	}
	if contains(all, "") {
		b.WriteString("checks:\n")
		lines("  ", "")
	}
	return b.String()
}

func contains(all []Suggestion, item string) bool {
	for _, s := range all {
		if s.Item == item {
			return true
		}
	}
	return false
}

// told is what fails, and what speaks for it.
func (s Suggestion) told(lang text.Lang) string {
	found := text.Format(lang, "suggest.fails", Count(s.Failing), Count(s.Judged), Share(s.Failing, s.Judged))
	switch {
	case s.Status == "not_evaluated":
		found = text.Format(lang, "suggest.unknown", s.Reason)
	case s.Judged == 1 && s.Failing == 0:
		found = text.Format(lang, "suggest.passes")
	case s.Judged == 1:
		found = text.Format(lang, "suggest.breaks")
	}
	return strings.Join(strings.Fields(found+"; "+s.Evidence), " ")
}

// flow is a check's parameters as they are written.
func flow(c catalog.CheckSpec) string {
	if c.Params == nil {
		return ""
	}
	return strings.TrimSpace(c.Params.String())
}

// scalar writes a text as YAML takes it back, within braces too.
func scalar(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// shaped counts the rows whose pattern matches.
func (c *Column) shaped(expr string) (n int64) {
	match := regexp.MustCompile(expr)
	for _, p := range c.Patterns {
		if match.MatchString(p.Shape) {
			n += p.N
		}
	}
	return n
}

// expression is a pattern as a regular expression; ok is false where it has other than
// digits, Latin letters and signs, or tells nothing.
func expression(runs []run) (expr string, ok bool) {
	var b strings.Builder
	for _, r := range runs {
		switch {
		case r.class == '9':
			b.WriteString("[0-9]")
		case r.class == 'A':
			b.WriteString("[A-Z]")
		case r.class == 'a':
			b.WriteString("[a-z]")
		case r.class > 0x7F || r.class == ' ':
			return "", false
		default:
			b.WriteString(regexp.QuoteMeta(string(r.class)))
		}
		switch {
		case r.max > r.min:
			fmt.Fprintf(&b, "{%d,%d}", r.min, r.max)
		case r.max > 1:
			fmt.Fprintf(&b, "{%d}", r.max)
		}
		if r.max > 3*r.min+3 { // words, not a form
			return "", false
		}
	}
	return b.String(), len(runs) > 0
}
