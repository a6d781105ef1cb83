package csvfile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/internal/fault"
	"guiji/lake"
)

// collected is a sink that keeps texts.
type collected struct {
	rows [][]string
	bad  []lake.BadRow
}

func (c *collected) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		var row []string
		for _, col := range rec.Columns() {
			row = append(row, strings.Clone(col.(*array.String).Value(i)))
		}
		c.rows = append(c.rows, row)
	}
	return nil
}

func (c *collected) Bad(row lake.BadRow) error {
	c.bad = append(c.bad, row)
	return nil
}

// read reads a table whole; the error is that of snapshot or read.
func (f folder) read(t *testing.T, table string, columns ...string) (*collected, error) {
	t.Helper()
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	src := f.open(t, alloc)
	defer src.Close()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: table, Columns: columns, Key: columns[:1], Parts: 2, BatchRows: 3})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	out := &collected{}
	for _, p := range snap.Parts() {
		if err := snap.Read(context.Background(), p, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func encode(t *testing.T, encoding, s string) string {
	t.Helper()
	var out string
	var err error
	switch encoding {
	case "gb18030":
		out, err = simplifiedchinese.GB18030.NewEncoder().String(s)
	case "gbk":
		out, err = simplifiedchinese.GBK.NewEncoder().String(s)
	case "utf-16le":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	case "utf-16be":
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	default:
		out = s
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	content := "编号,姓名,备注\r\n1,王小明,\"甲,乙\r\n丙\"\r\n2,買買提·艾力,\r\n3,𠮷,é\r\n"
	want := [][]string{{"1", "王小明", "甲,乙\r\n丙"}, {"2", "買買提·艾力", ""}, {"3", "𠮷", "é"}}
	for _, tt := range []struct{ name, encoding, declared, mark string }{
		{"utf-8", "utf-8", "utf-8", ""}, {"utf-8 with a mark", "utf-8", "utf-8", "\xEF\xBB\xBF"}, {"a mark wins", "utf-8", "gb18030", "\xEF\xBB\xBF"},
		{"gb18030", "gb18030", "gb18030", ""}, {"utf-16le", "utf-16le", "utf-16le", ""}, {"utf-16be with a mark", "utf-16be", "utf-8", "\xFE\xFF"},
		{"utf-16le with a mark", "utf-16le", "utf-16le", "\xFF\xFE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
			f.settings.Encoding = tt.declared
			f.write(t, "a.csv", tt.mark+encode(t, tt.encoding, content))
			got, err := f.read(t, "a.csv", "编号", "姓名", "备注")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got.rows); d != "" || len(got.bad) > 0 {
				t.Errorf("%d bad rows, rows (-want +got):\n%s", len(got.bad), d)
			}
		})
	}
}

// TestGBBeyondTheLibrary reads characters that x/text turns into U+FFFD, and
// names bytes that no edition of the standard has.
func TestGBBeyondTheLibrary(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.settings.Encoding = "gb18030"
	f.write(t, "a.csv", "id,v\n1,\xFE\x59\n2,\xFE\x61\n3,\xA6\xD9\n4,\xAA\xA1\n5,\x95\x34\xB2\x35\n6,\xFF\n7,\x81\n8,\x81\x30\x81\n9,\xE3\x32\x9A\x36\n10,\x80\n11,\xA8\xBC\n12,\xA2\xE3")
	got, err := f.read(t, "a.csv", "id", "v")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"1", "\u9FB4"}, {"2", "\u9FB5"}, {"3", "\uFE10"}, {"4", "\uE000"}, {"5", "𠮷"}, {"11", "\uE7C7"}, {"12", "€"}}, got.rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	var texts []string
	for _, b := range got.bad {
		texts = append(texts, b.Text)
		if b.Reason != "csvfile.undecodable" || b.Column != "v" {
			t.Errorf("line %s: reason %s, column %q", b.Place, b.Reason, b.Column)
		}
	}
	if d := cmp.Diff([]string{`\xFF`, `\x81`, `\x810\x81`, `\xE32\x9A6`, `\x80`}, texts); d != "" {
		t.Errorf("bad texts (-want +got):\n%s", d)
	}
	f.settings.Encoding = "gbk"
	f.write(t, "b.csv", "id,v\n1,\x80\n2,\x81\x30\x81\x30\n3,\xC4\xE3\n")
	if got, err = f.read(t, "b.csv", "id", "v"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"1", "€"}, {"3", "你"}}, got.rows); d != "" || len(got.bad) != 1 {
		t.Errorf("gbk: %d bad rows, rows (-want +got):\n%s", len(got.bad), d)
	}
}

func TestBrokenRecordsAreKeptAndTheRestGoesOn(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "a.csv", strings.Join([]string{
		"id,a,b", `1,"x, ""y""",z`, `2,"never closed,z`, `3,ok,z`, `4,"closed"early,z`, `5,in"side,z`, `6,too,many,z`, `7,few`, ``, `8,"two`, `lines",z`,
		"9,\xb9\xe9,z", `10,"",`, `11,"a,` + "\xff" + `b`, `12,fine,"z"`}, "\n"))
	got, err := f.read(t, "a.csv", "id", "b", "a")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"1", "z", `x, "y"`}, {"3", "z", "ok"}, {"8", "z", "two\nlines"}, {"10", "", ""}, {"12", "z", "fine"}}, got.rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]lake.BadRow{
		{Text: `2,"never closed,z`, Reason: "csvfile.broken_quotes", Place: "a.csv:3"},
		{Text: `4,"closed"early,z`, Reason: "csvfile.broken_quotes", Place: "a.csv:5"},
		{Text: `5,in"side,z`, Reason: "csvfile.broken_quotes", Place: "a.csv:6"},
		{Text: `6,too,many,z`, Reason: "csvfile.wrong_fields", Place: "a.csv:7"},
		{Text: `7,few`, Reason: "csvfile.wrong_fields", Place: "a.csv:8"},
		{Key: `["9"]`, Column: "a", Text: `\xB9\xE9`, Reason: "csvfile.undecodable", Place: "a.csv:12"},
		{Text: `11,"a,\xFFb`, Reason: "csvfile.undecodable", Place: "a.csv:14"},
	}, got.bad); d != "" {
		t.Errorf("bad rows (-want +got):\n%s", d)
	}
}

func TestAHeaderAmongTheRowsIsNone(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "a.csv", "id, 姓名\n1,甲\nid,姓名\n2,姓名\n\"id\",姓名 \n")
	got, err := f.read(t, "a.csv", "姓名")
	if err != nil || len(got.rows) != 2 {
		t.Fatalf("%v, %v", got.rows, err)
	}
	if d := cmp.Diff([]lake.BadRow{{Text: "id,姓名", Reason: "csvfile.header_again", Place: "a.csv:3"}, {Text: `"id",姓名 `, Reason: "csvfile.header_again", Place: "a.csv:5"}}, got.bad); d != "" {
		t.Errorf("bad rows (-want +got):\n%s", d)
	}
	f.write(t, "b.csv", "id\nid\n")
	if got, err := f.read(t, "b.csv", "id"); err != nil || len(got.rows) != 1 {
		t.Errorf("one name may be a value: %v, %v", got.rows, err)
	}
}

func TestBytesOfColumnsNotAskedForDoNoHarm(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "a.csv", "id,secret\n1,\xb9\xe9\n2,x\n")
	got, err := f.read(t, "a.csv", "id")
	if err != nil || len(got.rows) != 2 || len(got.bad) != 0 {
		t.Errorf("%v: %v and %d bad rows, want two rows", err, got.rows, len(got.bad))
	}
}

func TestAFolderIsOneTable(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "in/b.csv", "b,id\ny,2\n")
	f.write(t, "in/a.CSV", "id,b\n1,x\n")
	f.write(t, "in/c.csv", "id,extra,b\n3,-,z\n")
	f.write(t, "in/.d.csv", "id,b\n9,no\n")
	f.write(t, "in/readme.txt", "not a table")
	want := [][]string{{"1", "x"}, {"2", "y"}, {"3", "z"}}
	for _, table := range []string{"in", "in/*.[cC][sS][vV]"} {
		got, err := f.read(t, table, "id", "b")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got.rows); d != "" {
			t.Errorf("%s (-want +got):\n%s", table, d)
		}
	}
	one := folder{dir: filepath.Join(f.dir, "in", "a.CSV"), settings: f.settings}
	got, err := one.read(t, "a.CSV", "b")
	if err != nil || len(got.rows) != 1 {
		t.Errorf("the path as a file: %v, %v", got, err)
	}
}

func TestShapesOfFiles(t *testing.T) {
	tests := map[string]struct {
		change  func(*csvfile.Settings)
		content string
		columns []string
		want    [][]string
	}{
		"semicolons":                 {func(s *csvfile.Settings) { s.Delimiter = ";" }, "a;b\n1,5;2\n", []string{"a", "b"}, [][]string{{"1,5", "2"}}},
		"tabs":                       {func(s *csvfile.Settings) { s.Delimiter = "tab" }, "a\tb\n1\t2\n", []string{"b"}, [][]string{{"2"}}},
		"single quotes":              {func(s *csvfile.Settings) { s.Quote = "'" }, "a,b\n'1,\"','it''s'\n", []string{"a", "b"}, [][]string{{`1,"`, "it's"}}},
		"no quotes":                  {func(s *csvfile.Settings) { s.Quote = "none" }, "a,b\n\"1,5\"\n", []string{"a", "b"}, [][]string{{`"1`, `5"`}}},
		"a title above the header":   {func(s *csvfile.Settings) { s.Header = 3 }, "统计表\n,,,\n编号,姓名\n1,甲\n", []string{"姓名"}, [][]string{{"甲"}}},
		"units below the header":     {func(s *csvfile.Settings) { s.Skip = 1 }, "a,b\n元,人\n1,2\n", []string{"a", "b"}, [][]string{{"1", "2"}}},
		"no header":                  {func(s *csvfile.Settings) { s.Header = 0 }, "1,2\n3,4\n", []string{"col2", "col1"}, [][]string{{"2", "1"}, {"4", "3"}}},
		"comments":                   {func(s *csvfile.Settings) { s.Comment = "#" }, "#x\na,b\n#y,z\n1,2\n", []string{"a"}, [][]string{{"1"}}},
		"blanks about header names":  {func(*csvfile.Settings) {}, " a\u3000,\"b \"\n 1 ,2\n", []string{"a", "b"}, [][]string{{" 1 ", "2"}}},
		"no line end at the end":     {func(*csvfile.Settings) {}, "a,b\r\n1,2", []string{"a", "b"}, [][]string{{"1", "2"}}},
		"a quote closed by the end":  {func(*csvfile.Settings) {}, "a,b\n1,\"2\"", []string{"a", "b"}, [][]string{{"1", "2"}}},
		"a header and nothing":       {func(*csvfile.Settings) {}, "a,b", []string{"a", "b"}, nil},
		"delimiters in second bytes": {func(s *csvfile.Settings) { s.Delimiter, s.Encoding = "|", "gb18030" }, "a|b\n\x81\x7c|2\n", []string{"a", "b"}, [][]string{{"亅", "2"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
			tt.change(&f.settings)
			f.write(t, "x.csv", tt.content)
			got, err := f.read(t, "x.csv", tt.columns...)
			if err != nil {
				t.Fatal(err)
			}
			if name == "delimiters in second bytes" && len(got.rows) == 1 {
				tt.want[0][0], err = simplifiedchinese.GB18030.NewDecoder().String("\x81\x7c")
				if err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(tt.want, got.rows); d != "" || len(got.bad) != 0 {
				t.Errorf("%d bad rows, rows (-want +got):\n%s", len(got.bad), d)
			}
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	gb := encode(t, "gb18030", "编号,姓名\n1,王小明\n")
	tests := map[string]struct {
		change  func(*csvfile.Settings)
		content string
		table   string
		kind    fault.Kind
		says    []string
	}{
		"no such table":         {nil, "编号,姓名\n", "gone.csv", fault.Config, []string{"gone.csv", "x.csv"}},
		"outside":               {nil, "编号,姓名\n", "../x.csv", fault.Config, []string{"../x.csv"}},
		"no such column":        {nil, "编号,名字\n1,甲\n", "x.csv", fault.Config, []string{"x.csv", "姓名", "名字"}},
		"a column twice":        {nil, "编号,姓名,姓名\n", "x.csv", fault.Config, []string{"姓名"}},
		"gb18030 read as utf-8": {nil, gb, "x.csv", fault.Config, []string{"x.csv", "utf-8", "encoding: gb18030"}},
		"utf-8 read as gb18030": {func(s *csvfile.Settings) { s.Encoding = "gb18030" }, "编号,姓名\n1,王小明\n", "x.csv", fault.Config, []string{"x.csv", "utf-8"}},
		"every row undecodable": {nil, "编号,姓名\n1,\xb9\xe9\n2,\xb9\xe9\n", "x.csv", fault.Data, []string{"x.csv", "no row"}},
		"an empty file":         {nil, "", "x.csv", fault.Data, []string{"x.csv", "header"}},
		"a folder of nothing":   {func(s *csvfile.Settings) { s.Pattern = "*.tsv" }, "编号,姓名\n", ".", fault.Config, []string{"*.tsv"}},
		"wrong delimiter":       {func(s *csvfile.Settings) { s.Delimiter = ";" }, "编号,姓名\n", "x.csv", fault.Config, []string{"delimiter"}},
		"broken header":         {nil, "编号,\"姓名\n1,2\n", "x.csv", fault.Config, []string{"x.csv", "line 1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
			if tt.change != nil {
				tt.change(&f.settings)
			}
			f.write(t, "x.csv", tt.content)
			_, err := f.read(t, tt.table, "编号", "姓名")
			if err == nil || fault.KindOf(err) != tt.kind {
				t.Fatalf("got %v of kind %v, want kind %v", err, fault.KindOf(err), tt.kind)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not say %q: %s", s, err)
				}
			}
		})
	}
	if _, err := csvfile.Open(csvfile.Settings{Path: "nowhere", Pattern: "*", Encoding: "utf-8", Delimiter: ",", Quote: `"`}, connectors.Env{Dir: t.TempDir()}); fault.KindOf(err) != fault.Config {
		t.Errorf("a path that is not there: %v", err)
	}
}

func TestSettingsRefused(t *testing.T) {
	for name, change := range map[string]func(*csvfile.Settings){
		"no path": func(s *csvfile.Settings) { s.Path = "" }, "auto": func(s *csvfile.Settings) { s.Encoding = "auto" },
		"two delimiters": func(s *csvfile.Settings) { s.Delimiter = "||" }, "a Chinese delimiter": func(s *csvfile.Settings) { s.Delimiter = "，" },
		"quote is delimiter": func(s *csvfile.Settings) { s.Quote = "," }, "no quote character": func(s *csvfile.Settings) { s.Quote = "" },
		"header below 0": func(s *csvfile.Settings) { s.Header = -1 }, "a bad pattern": func(s *csvfile.Settings) { s.Pattern = "[" },
		"a line end as comment": func(s *csvfile.Settings) { s.Comment = "\n" },
	} {
		s := csvfile.DefaultSettings()
		s.Path = "x"
		if err := s.Validate(); err != nil {
			t.Fatalf("the defaults: %v", err)
		}
		change(s)
		if err := s.Validate(); err == nil || fault.KindOf(err) != fault.Config {
			t.Errorf("%s: got %v, want a configuration error", name, err)
		}
	}
}

// changing is a sink that does something to the file once.
type changing struct {
	collected
	once func()
}

func (c *changing) Batch(rec arrow.RecordBatch) error {
	if c.once != nil {
		c.once()
		c.once = nil
	}
	return c.collected.Batch(rec)
}

func TestAFileThatChangesIsRefused(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	path := filepath.Join(f.dir, "x.csv")
	for name, change := range map[string]func(){
		"grows": func() {
			h, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = h.WriteString("4,x\n")
				err = errors.Join(err, h.Close())
			}
			if err != nil {
				t.Error(err)
			}
		},
		"is written anew": func() {
			if err := os.Chtimes(path, time.Now(), time.Now().Add(time.Second)); err != nil {
				t.Error(err)
			}
		},
	} {
		for _, early := range []bool{true, false} {
			f.write(t, "x.csv", "id,a\n1,x\n2,y\n3,z\n")
			src := f.open(t, memory.DefaultAllocator)
			snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "x.csv", Columns: []string{"id"}, Parts: 1, BatchRows: 1})
			if err != nil {
				t.Fatal(err)
			}
			sink := &changing{once: change}
			if early {
				change()
				sink.once = nil
			}
			err = snap.Read(context.Background(), snap.Parts()[0], sink)
			if fault.KindOf(err) != fault.Changed {
				t.Errorf("a file that %s, before the read %v: got %v", name, early, err)
			}
		}
	}
}

func TestDoctorNamesAFileOfAnotherEncoding(t *testing.T) {
	f := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	f.write(t, "a.csv", "id,a\n1,甲\n")
	f.write(t, "b.csv", "id,a\n1,"+encode(t, "gbk", "王小明")+"\n")
	src := f.open(t, memory.DefaultAllocator)
	found, err := src.(connectors.Doctor).Doctor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].OK || found[0].Args[0] != "b.csv" || found[0].Args[3] != "gb18030" || !found[1].OK {
		t.Errorf("findings %+v", found)
	}
}
