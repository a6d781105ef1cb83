package jsonl_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/jsonl"
)

// folder is a source's folder.
type folder string

func (f folder) tryOpen(t testing.TB, alloc memory.Allocator) (connectors.Source, error) {
	return jsonl.Connector().Open(t.Context(), &jsonl.Settings{Path: string(f), Pattern: "*.jsonl"}, connectors.Env{Alloc: alloc})
}

func (f folder) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	src, err := f.tryOpen(t, alloc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (f folder) write(t testing.TB, name, content string) {
	path := filepath.Join(string(f), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// load writes a table as a folder of up to four files, so that it has parts.
func (f folder) load(t testing.TB, table connectortest.Table) string {
	if err := os.RemoveAll(filepath.Join(string(f), table.Name)); err != nil {
		t.Fatal(err)
	}
	each := max(1, (len(table.Rows)+3)/4)
	if len(table.Rows) < 100 {
		each = 100
	}
	for n := 0; n == 0 || n*each < len(table.Rows); n++ {
		var b strings.Builder
		for _, row := range table.Rows[n*each : min((n+1)*each, len(table.Rows))] {
			b.WriteByte('{')
			for i, c := range table.Columns {
				value, err := json.Marshal(row[i])
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "%s%s: %s", strings.Repeat(", ", min(i, 1)), name(t, c.Name), value)
			}
			b.WriteString("}\n")
		}
		f.write(t, filepath.Join(table.Name, fmt.Sprintf("%02d.jsonl", n)), b.String())
	}
	return table.Name
}

func name(t testing.TB, s string) []byte {
	out, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	f := folder(t.TempDir())
	var extremes []connectortest.Extreme
	for _, s := range []string{"𠮷野家 · 買買提", `a "quoted" \ text`, "two\r\nlines", " ", "", "\U0010FFFF", "\uFFFD", "\x00\x01\x7f", "18446744073709551615", "<&>\u2028"} {
		extremes = append(extremes, connectortest.Extreme{Value: &s, Want: &s, Arrow: "utf8"})
	}
	return connectortest.Harness{
		Connector: jsonl.Connector(), Open: f.open, Load: f.load, Extremes: extremes,
		File: &connectortest.File{
			Path: func(_ testing.TB, table string) string { return filepath.Join(string(f), table, "00.jsonl") },
			Open: f.tryOpen,
		},
		Bad: func(t testing.TB) connectortest.BadCase {
			f.write(t, "bad.jsonl", "{\"id\":1,\"a\":\"x\"}\nnonsense\n{\"id\":2,\"a\":\"\xff\"}\n{\"id\":3,\"a\":\"\\ud800\"}\n\n{\"id\":4,\"id\":5}\n[1]\n{\"id\":6} {}\n{\"id\":7\n{\"id\":8}\n")
			return connectortest.BadCase{Table: "bad.jsonl", Columns: []string{"id", "a"}, Good: 2, Bad: 7, Text: "nonsense"}
		},
		Cannot: connectortest.Inability{Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, Wire: true, End: true},
	}
}

// A line is an object with each of its values, or bad; nothing that is read ends the program.
func FuzzLine(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":null,"b":[{}]}`, `{"a":"\ud83d\ude00"}`, `{"":""}`, "{", "\xEF\xBB\xBF{}"} {
		f.Add(s)
	}
	dir := folder(f.TempDir())
	f.Fuzz(func(t *testing.T, line string) {
		dir.write(t, "x.jsonl", line)
		src := dir.open(t, memory.DefaultAllocator)
		defer src.Close()
		found, err := src.Discover(t.Context(), "x.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.ContainsAny(line, "\r\n") && json.Valid([]byte(line)) && strings.HasPrefix(line, `{"a":1`) && len(found[0].Columns) == 0 {
			t.Errorf("%q has no column", line)
		}
	})
}
