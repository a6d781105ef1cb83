package discover

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/text"
)

// FuzzDraft: whatever tables, columns and comments are called, the draft is an entry that names
// them as they are, with an item name that a catalogue takes.
func FuzzDraft(f *testing.F) {
	for _, s := range [][3]string{{"t_person", "xm", "姓名"}, {"a: b # c", "- x", "x\n  - name: y"}, {"表 一", " _raw", "'\""}, {"\t", "{a}", "*&!|>%@"}, {"1", "行\u2028", "姓名: 户主"}, {"null", "true", "~"}} {
		f.Add(s[0], s[1], s[2])
	}
	valid := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	f.Fuzz(func(t *testing.T, table, name, comment string) {
		if !utf8.ValidString(table) || !utf8.ValidString(name) || !utf8.ValidString(comment) || table == "" || name == "" {
			return
		}
		c := column{Column: connectors.Column{Name: name, Comment: comment, Type: arrow.BinaryTypes.String}, rows: 1, nulls: 1}
		d := &Drafter{Project: &catalog.Project{}, Lang: text.EN, Department: "gongan", Connection: "gongan"}
		out := d.Draft(&Profile{Table: connectors.Table{Name: table, Comment: comment}, Rows: 1, Columns: []column{c}})
		var got struct {
			Source struct{ Table string }
			Items  []struct{ Name, Column string }
		}
		if err := yaml.Unmarshal([]byte(out.Text), &got); err != nil {
			t.Fatalf("%v\n%s", err, out.Text)
		}
		if got.Source.Table != table || len(got.Items) != 1 || got.Items[0].Column != name || !valid.MatchString(got.Items[0].Name) {
			t.Fatalf("table %q, items %+v of %q %q", got.Source.Table, got.Items, table, name)
		}
	})
}
