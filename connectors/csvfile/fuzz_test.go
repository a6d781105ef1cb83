package csvfile_test

import (
	"context"
	"encoding/csv"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"guiji/connectors"
	"guiji/connectors/csvfile"
)

func encodeGB(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzRecords reads any text: what encoding/csv takes without complaint is read
// the same, and of anything else no line is lost.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{"1,2\n", "\"a,\"\"b\"\"\",c\n\n1,2", "\"a\nb\",\"\"\n", "a\"b,c\n", "\"a,b\nc,d\n", "a,b,c\n\"x\"y,z\n", "\xff,1\n", "\r\n\r,\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !strings.Contains(body, `\x`) { // a text that looks like a shown byte cannot be told from one
			compare(t, body)
		}
	})
}

// TestRecordsOfAnyShape is FuzzRecords over texts made of what a scanner minds.
func TestRecordsOfAnyShape(t *testing.T) {
	piece := rapid.SampledFrom([]string{`"`, `""`, ",", "\n", "\r\n", "\r", "a", "bc", `"d",`, `,"e"`, "\xff", "县", "\n1,2\n", `"f,g"`})
	rapid.Check(t, func(r *rapid.T) {
		compare(t, strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(r, "pieces"), ""))
	})
}

// compare reads a body of two columns by the connector and by encoding/csv.
func compare(t *testing.T, body string) {
	t.Helper()
	fold := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
	fold.settings.Path = "x.csv"
	fold.write(t, "x.csv", "a,b\n"+body)
	src, err := csvfile.Open(fold.settings, connectors.Env{Dir: fold.dir, Alloc: memory.DefaultAllocator})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "x.csv", Columns: []string{"a", "b"}, Parts: 1, BatchRows: 4})
	if err != nil {
		t.Fatal(err)
	}
	got := &collected{}
	readErr := snap.Read(context.Background(), snap.Parts()[0], got)
	if want, ok := reference(body); ok {
		if readErr != nil || len(got.bad) > 0 {
			t.Fatalf("%q: %v, %d bad rows", body, readErr, len(got.bad))
		}
		if d := cmp.Diff(want, got.rows); d != "" {
			t.Fatalf("%q (-want +got):\n%s", body, d)
		}
		return
	}
	if lines := strings.Count(body, "\n") + 1; len(got.rows)+len(got.bad) > lines {
		t.Fatalf("%q: %d records of %d lines", body, len(got.rows)+len(got.bad), lines)
	}
	if kept, whole := seen(got); whole && kept != letters(body) {
		t.Fatalf("%q: %d of %d letters are in a row", body, kept, letters(body))
	}
}

// reference is what encoding/csv reads; it makes \r\n within quotes into \n and
// reads bytes that are no text, so texts with those are not compared; nor are those
// with a row that is kept aside here: one with a zero byte, and the header once more.
func reference(body string) ([][]string, bool) {
	if strings.ContainsAny(body, "\r\x00") || !utf8.ValidString(body) {
		return nil, false
	}
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord = 2
	var rows [][]string
	for {
		row, err := r.Read()
		if err == io.EOF {
			return rows, true
		}
		if err != nil || strings.TrimSpace(row[0]) == "a" && strings.TrimSpace(row[1]) == "b" {
			return nil, false
		}
		rows = append(rows, row)
	}
}

// letters counts ASCII letters, which no encoding or quoting touches.
func letters(s string) (n int) {
	for i := range len(s) {
		if s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' {
			n++
		}
	}
	return n
}

// seen counts the letters of all rows, good and bad, without the x of bytes shown
// as \xFF. whole is false where a bad row shows one cell alone.
func seen(c *collected) (n int, whole bool) {
	for _, row := range c.rows {
		for _, cell := range row {
			n += letters(cell)
		}
	}
	for _, b := range c.bad {
		if b.Column != "" {
			return 0, false
		}
		n += letters(shownByte.ReplaceAllString(b.Text, ""))
	}
	return n, true
}

var shownByte = regexp.MustCompile(`\\x[0-9A-F][0-9A-F]`)

// FuzzGB18030 decodes any bytes: what x/text encodes is read back, and bytes that
// are no character always show.
func FuzzGB18030(f *testing.F) {
	for _, s := range []string{"王小明", "𠮷é", "a", "\ue000", "€"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\"\r\n\uFFFD") || strings.HasPrefix(s, "\ufeff") {
			return
		}
		raw, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			return
		}
		if back, err := simplifiedchinese.GB18030.NewDecoder().String(raw); err != nil || back != s {
			return // the library itself does not read it back
		}
		fold := folder{dir: t.TempDir(), settings: *csvfile.DefaultSettings()}
		fold.settings.Encoding, fold.settings.Delimiter = "gb18030", "\x01"
		if strings.Contains(s, "\x01") {
			return
		}
		fold.write(t, "x.csv", "a\x01b\nx\x01"+raw)
		got, err := fold.read(t, "x.csv", "b")
		if strings.Contains(s, "\x00") { // no text has one
			if err != nil || len(got.bad) != 1 || len(got.rows) > 0 {
				t.Fatalf("%q: %v, rows %q, %d bad", s, err, got.rows, len(got.bad))
			}
			return
		}
		if err != nil || len(got.bad) > 0 || len(got.rows) != 1 || got.rows[0][0] != s {
			t.Fatalf("%q: %v, rows %q, %d bad", s, err, got.rows, len(got.bad))
		}
	})
}
