package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors/httpapi"
)

// FuzzPage reads any page: what is taken for one is JSON to encoding/json too, no record is lost or
// made up, and a value is what encoding/json finds there.
func FuzzPage(f *testing.F) {
	for _, s := range []string{
		`{"list": [{"v": "x"}, {"v": 1.50}, {"v": null}, {}, 7]}`, `{"list": [{"v": {"a": [1, "\u53bf"]}, "v": 2}]}`, "{\"list\": [{\"v\": \"\xff\"}, {\"v\": \"\\ud800\"}]}",
		"\xef\xbb\xbf{\"a\": 1, \"list\": []}", `{"list": [1], "list": [2]}`, `{"list": [{"v": 1}]`, `{"list": [[[[]]]]} `, `[]`, `{"list": [{"\u0076": -0e1}]}x`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := httpapi.Pick(slices.Clone(body), "list", "v")
		if err != nil {
			return
		}
		var page map[string]json.RawMessage
		var list []json.RawMessage
		if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &page) != nil || json.Unmarshal(page["list"], &list) != nil {
			t.Fatalf("%q was read", body)
		}
		if len(list) != len(got) {
			t.Fatalf("%q: %d records of %d", body, len(got), len(list))
		}
		for i, raw := range list {
			same(t, raw, got[i])
		}
	})
}

// same compares what was picked from a record with what encoding/json finds there.
func same(t *testing.T, raw json.RawMessage, got httpapi.Picked) {
	t.Helper()
	var record map[string]json.RawMessage
	if err := json.Unmarshal(raw, &record); err != nil || record == nil {
		if got.Why != "httpapi.bad.record" {
			t.Fatalf("%q is a record: %q", raw, got.Why)
		}
		return
	}
	if got.Why != "" {
		return // bytes that are no text and names that stand twice, which encoding/json takes
	}
	value := record["v"]
	switch {
	case value == nil || string(value) == "null":
		if got.Value != nil {
			t.Fatalf("%q: a value where there is none", raw)
		}
		return
	case got.Value == nil:
		t.Fatalf("%q: no value", raw)
	case value[0] == '"':
		var text string
		if json.Unmarshal(value, &text) != nil || text != *got.Value {
			t.Fatalf("%q: %q", raw, *got.Value)
		}
		return
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil || compact.String() != *got.Value {
		t.Fatalf("%q: %q", raw, *got.Value)
	}
}

// FuzzPaging follows whatever a server says is next: it comes to an end, asks for no page twice,
// and never asks another host.
func FuzzPaging(f *testing.F) {
	for _, s := range []string{"?", "t\n#x", "a\nb\na", "/t?0 A\n/t?n=2\n?n=3\n//127.0.0.2/\nhttp://10.0.0.1/api/t", "", "1\n\n2", "\x00\n%zz\n:", "\"}\n\\"} {
		f.Add(s, byte(len(s)))
	}
	f.Fuzz(func(t *testing.T, said string, kind byte) {
		s := on("http://10.0.0.1/api")
		s.MaxPages = 12
		table := s.Tables["t"]
		s.Paging = []httpapi.Paging{{}, {Kind: "page", Page: "n"}, {Kind: "offset", Offset: "n"}, {Kind: "cursor", Cursor: "n", Next: "next"}, {Kind: "link", Next: "next"}, {Kind: "link"}, {Kind: "cursor", Next: "next"}}[kind%7]
		if kind%7 == 6 {
			table.Method, table.Body = http.MethodPost, `{"at": "{cursor}"}`
		}
		s.Tables["t"] = table
		src := start(t, s, memory.DefaultAllocator)
		defer src.Close()
		asked, _ := src.Follow("t", strings.Split(said, "\n")) // an error is an end as well
		seen := map[string]bool{}
		for _, a := range asked {
			address, body, _ := strings.Cut(a, " ")
			if seen[a] || !strings.HasPrefix(address, "http://10.0.0.1/") || body != "" && !json.Valid([]byte(body)) {
				t.Fatalf("%q of %q", a, asked)
			}
			seen[a] = true
		}
		if len(asked) > 12 {
			t.Fatalf("%d pages", len(asked))
		}
	})
}
