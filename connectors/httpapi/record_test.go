package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/httpapi"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// declared are settings for a table with columns at paths of their own.
func declared(t testing.TB, body string, columns map[string]string, optional ...string) *httpapi.Settings {
	t.Helper()
	s := on(serve(t, func(w http.ResponseWriter, _ *http.Request) { page(w, body) }).URL)
	table := s.Tables["t"]
	table.Columns, table.Optional = columns, optional
	s.Tables["t"] = table
	return s
}

func TestColumnsAtPaths(t *testing.T) {
	body := `{"list": [
		{"id": 1, "person": {"name": "甲", "address": {"street": "一 路", "no": 1.50}}, "a.b": {"c/d": "x"}},
		{"id": 2, "person": {"name": null, "address": null}},
		{"id": 3, "person": "none"}]}`
	s := declared(t, body, map[string]string{"id": "", "name": "person.name", "address": "person.address", "no": "/person/address/no", "deep": "/a.b/c~1d"})
	out, err := read(t, s, "name", "no", "address", "deep", "id")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"甲", "1.50", `{"street":"一 路","no":1.50}`, "x", "1"}, {"∅", "∅", "∅", "∅", "2"}, {"∅", "∅", "∅", "∅", "3"}}
	if !slices.EqualFunc(out.rows, want, slices.Equal) {
		t.Errorf("%q", out.rows)
	}
}

// A column that the API no longer has would be empty in every row: that is told, unless it may be.
func TestRenamedColumn(t *testing.T) {
	body := `{"list": [{"id": 1}, {"id": 2}]}`
	columns := map[string]string{"id": "", "name": "xm"}
	if _, err := read(t, declared(t, body, columns), "id", "name"); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "name") {
		t.Error(err)
	}
	if out, err := read(t, declared(t, body, columns, "name"), "id", "name"); err != nil || out.rows[1][1] != "∅" {
		t.Error(err)
	}
	if out, err := read(t, declared(t, `{"list": []}`, columns), "id", "name"); err != nil || len(out.rows) != 0 {
		t.Error(err)
	}
	src := start(t, declared(t, body, columns), memory.DefaultAllocator)
	defer src.Close()
	found, err := src.Doctor(t.Context())
	if err != nil || len(found) != 3 || found[2].Key != "httpapi.doctor.ok" {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, f := range found { // each is a sentence
		if words := text.Format(text.ZH, text.Key(f.Key), f.Args...); strings.Contains(words, "%!") {
			t.Errorf("%s: %s", f.Key, words)
		}
	}
	if !slices.ContainsFunc(found, func(f connectors.Finding) bool { return f.Key == "httpapi.doctor.lacking" && f.Args[1] == "name" }) {
		t.Errorf("%+v", found)
	}
}

// Records that are none go to quarantine with their place and reason, and nothing else does.
func TestQuarantine(t *testing.T) {
	body := "{\"list\": [{\"id\": 1, \"v\": \"a\"}, 7, null, {\"id\": 2, \"v\": \"a\", \"v\": \"b\"}, {\"id\": 3, \"o\": {\"x\": 1, \"\\u0078\": 2}}," +
		"{\"id\": 4, \"v\": \"\\ud83d\"}, {\"id\": 5, \"v\": [\"\xff\"]}, {\"id\": 6, \"\xb1\": 1}, {\"id\": 7, \"w\": \"\\udc00\"}, {\"id\": 8}]}"
	out, err := read(t, declared(t, body, map[string]string{"id": "", "v": ""}), "id", "v")
	if err != nil {
		t.Fatal(err)
	}
	if want := [][]string{{"1", "a"}, {"7", "∅"}, {"8", "∅"}}; !slices.EqualFunc(out.rows, want, slices.Equal) {
		t.Errorf("rows %q", out.rows)
	}
	var got []string
	for _, b := range out.bad {
		got = append(got, strings.Join([]string{strings.TrimPrefix(b.Place, "page 1 record "), strings.TrimPrefix(b.Reason, "httpapi.bad."), b.Column, b.Key}, " "))
	}
	want := []string{"2 record  ", "3 record  ", "4 twice  ", "5 twice  ", "6 text v id=4", "7 text v id=5", "8 text  "}
	if !slices.Equal(got, want) {
		t.Errorf("quarantined %q", got)
	}
	if shown := out.bad[4].Text + " " + out.bad[5].Text; shown != `\ud83d ["\xFF"]` {
		t.Errorf("shown as %s", shown)
	}
}

// A page too large for memory is read from the scratch folder, and leaves nothing there.
func TestLargePages(t *testing.T) {
	a := newAPI(t, "none", false)
	var records []string
	for range 300 {
		records = append(records, `{"id": "`+strings.Repeat("县", 10_000)+`"}`)
	}
	a.put("t", records)
	out, err := read(t, a.settings(), "id")
	if err != nil || len(out.rows) != 300 || len(out.rows[299][0]) != 30_000 {
		t.Fatalf("%v", err)
	}
}

func TestPlace(t *testing.T) {
	s := on("https://api.example.test:8443/open/")
	if namespace, name := s.Place("", "t"); namespace != "https://api.example.test:8443" || name != "/open/t#t" {
		t.Errorf("%s %s", namespace, name)
	}
}
