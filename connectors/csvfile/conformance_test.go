package csvfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/csvfile"
)

// folder is a source's folder with its settings.
type folder struct {
	dir      string
	settings csvfile.Settings
}

func (f folder) tryOpen(_ testing.TB, alloc memory.Allocator) (connectors.Source, error) {
	f.settings.Path = f.dir
	return csvfile.Open(f.settings, connectors.Env{Dir: f.dir, Timezone: "Asia/Shanghai", Alloc: alloc})
}

func (f folder) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := f.tryOpen(t, alloc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (f folder) write(t testing.TB, name, content string) {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// quoted writes a field so that it is read back as it is.
func quoted(s string) string {
	if strings.ContainsAny(s, ",\"\r\n") || s == "" {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// load writes a table as a folder of up to four files, so that it has parts.
func (f folder) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	name := strings.ReplaceAll(table.Name, "/", "_")
	if err := os.RemoveAll(filepath.Join(f.dir, name)); err != nil {
		t.Fatal(err)
	}
	files := 1
	if len(table.Rows) > 100 {
		files = 4
	}
	var header []string
	for _, c := range table.Columns {
		header = append(header, quoted(c.Name))
	}
	each := (len(table.Rows) + files - 1) / files
	for n := range files {
		var b strings.Builder
		fmt.Fprintln(&b, strings.Join(header, ","))
		for _, row := range table.Rows[min(n*each, len(table.Rows)):min((n+1)*each, len(table.Rows))] {
			for i, v := range row {
				if i > 0 {
					b.WriteByte(',')
				}
				if v != nil {
					b.WriteString(quoted(*v))
				}
			}
			b.WriteByte('\n')
		}
		f.write(t, filepath.Join(name, fmt.Sprintf("%02d.csv", n)), b.String())
	}
	return name
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	text := func(s string) connectortest.Extreme {
		return connectortest.Extreme{Value: &s, Want: &s, Arrow: "utf8"}
	}
	return connectortest.Harness{
		Connector: csvfile.Connector(),
		Open:      f.open,
		Load:      f.load,
		File: &connectortest.File{
			Path: func(_ testing.TB, table string) string { return filepath.Join(f.dir, table, "00.csv") },
			Open: f.tryOpen,
		},
		Extremes: []connectortest.Extreme{
			text("𠮷野家 · 買買提"), text(`a "quoted", text`), text("two\nlines"), text("two\r\nlines"), text(" blanks "), text("\t"), text(`"`),
			text("\U0010FFFF"), text("\uFFFD"), text("0000-00-00"), text("18446744073709551615"), text("'; DROP TABLE x; --"), text("\x01\x7f"), text(`\N`), text("\\"),
		},
		Bad: func(t testing.TB) connectortest.BadCase {
			f.write(t, "bad.csv", "id,a\n1,x\n2,\xff\xfe\n3,ok\n4,\xb9\xe9\n")
			return connectortest.BadCase{Table: "bad.csv", Columns: []string{"id", "a"}, Good: 2, Bad: 2, Column: "a", Text: `\xFF\xFE`}
		},
		Cannot: connectortest.Inability{Null: true, Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, Wire: true, End: true},
	}
}
