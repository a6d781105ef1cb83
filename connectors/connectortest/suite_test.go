package connectortest_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
)

// wrongVariable names what the shelf does wrong when this test's own program runs the suite.
const wrongVariable = "SHELF_WRONG"

// The suite passes a source that does all it should, and declares what it cannot.
func TestSuite(t *testing.T) { connectortest.Run(t, harness(t, os.Getenv(wrongVariable))) }

// faults are what a source may do wrong, and the concern of the suite that says so.
func faults() map[string]string {
	return map[string]string{
		"a table that is not there is empty": "MissingTable",
		"it tells no keys":                   "Discovery",
		"parts overlap":                      "PartsCoverOnce",
		"the last row is left out":           "OneRow",
		"parts of one name":                  "PartsCoverOnce",
		"parts do not survive JSON":          "PartsSurviveJSON",
		"another order each time":            "SameOrderTwice",
		"later rows are seen":                "MomentHolds",
		"batches are too large":              "BatchesAndLimit",
		"it does not stop":                   "Cancel",
		"the sink's error is lost":           "SinkStops",
		"memory is kept":                     "Nulls",
		"a goroutine is left":                "Nulls",
		"bad rows are dropped":               "BadRows",
		"NULL becomes an empty text":         "Nulls",
		"texts are trimmed":                  "Nulls",
		"long texts are cut off":             "LongText",
		"the smallest number becomes 0":      "OneRow",
		"it says it can read by a cursor":    "Abilities",
		"it does not say that it has parts":  "Abilities",
		"Wire is not declared":               "Declared",
		"Extremes are missing":               "Declared",
		"a cut is taken for the end":         "CutAnywhere",
		"a cut is nobody's fault":            "CutAnywhere",
		"a connection stays open":            "BatchesAndLimit",
		"a cut file is a short one":          "CutShort",
	}
}

// Whatever a source does wrong, the suite fails, and in the concern that is about it.
func TestSuiteNoticesFaults(t *testing.T) {
	for wrong, concern := range faults() {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			failed := failures(t, wrong, concern)
			if !strings.Contains(failed, "--- FAIL: TestSuite/"+concern+" ") {
				t.Errorf("%s does not fail; what does:\n%s", concern, failed)
			}
		})
	}
}

// failures runs a concern of the suite on a shelf that does something wrong, and returns the
// lines that say what failed.
func failures(t *testing.T, wrong, concern string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSuite$/^"+concern+"$", "-test.v")
	cmd.Env = append(os.Environ(), wrongVariable+"="+wrong)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatal("the suite passes")
	}
	var failed strings.Builder
	for scan := bufio.NewScanner(bytes.NewReader(out)); scan.Scan(); {
		if strings.Contains(scan.Text(), "--- FAIL") || strings.HasPrefix(scan.Text(), "panic") {
			failed.WriteString(strings.TrimSpace(scan.Text()) + "\n")
		}
	}
	return failed.String()
}

// settings of a shelf: there is nothing to set.
type settings struct{}

func harness(t testing.TB, wrong string) connectortest.Harness {
	s := shelf{mu: &sync.Mutex{}, kept: &sync.Map{}, tables: map[string]connectortest.Table{}, wrong: wrong, path: filepath.Join(t.TempDir(), "shelf")}
	s.server = s.serve(t)
	var extremes []connectortest.Extreme
	for _, text := range []string{"", " ", "𠮷\x00b", "\U0010FFFF"} {
		extremes = append(extremes, connectortest.Extreme{Value: &text, Want: &text, Arrow: "utf8"})
	}
	h := connectortest.Harness{
		Connector: connectors.Connector{Name: "shelf", Settings: func() any { return &settings{} },
			Kind: connectors.Kind{Source: shelf{}, Snapshot: (*shelved)(nil), Parts: true, Moment: true}},
		Open: func(_ testing.TB, alloc memory.Allocator) connectors.Source { return s.opened(alloc, s.server) },
		Wire: &connectortest.Wire{Server: s.server, Open: func(_ testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
			return s.opened(alloc, address), nil
		}},
		Connections: func(t testing.TB) int { return connectortest.Established(t, s.server) },
		File: &connectortest.File{
			Path: func(testing.TB, string) string { return s.path },
			Open: func(_ testing.TB, alloc memory.Allocator) (connectors.Source, error) {
				return s.opened(alloc, s.server), nil
			},
		},
		Load: s.load, Insert: s.insert, Extremes: extremes,
		Bad: func(t testing.TB) connectortest.BadCase {
			rows := [][]connectortest.Value{{connectortest.V("1"), connectortest.V("x")}, {connectortest.V("2"), connectortest.V(badText)}}
			s.load(t, connectortest.Table{Name: "bad", Columns: []connectortest.Column{{Name: "id", Kind: connectortest.Integer, Key: true}, {Name: "a"}}, Rows: rows})
			return connectortest.BadCase{Table: "bad", Columns: []string{"id", "a"}, Good: 1, Bad: 1, Column: "a", Text: `\xFF\xFE`}
		},
		Cannot: connectortest.Inability{Cursor: true, Identity: true, Places: true, Remote: true, Mortal: true},
	}
	switch wrong {
	case "it says it can read by a cursor":
		h.Connector.Kind.Snapshot = cursored{}
	case "it does not say that it has parts":
		h.Connector.Kind.Parts = false
	case "Wire is not declared":
		h.Wire = nil
	case "Extremes are missing":
		h.Extremes = nil
	}
	return h
}

// cursored is a snapshot with more abilities than the shelf's.
type cursored struct {
	connectors.Snapshot
	connectors.Cursored
}
