package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/httpapi"
	"guiji/internal/fault"
)

// Every kind of paging, by GET and by POST, gives all records once and in order.
func TestEveryKindOfPaging(t *testing.T) {
	for _, kind := range []string{"none", "page", "page of 0", "offset", "cursor", "link", "body link"} {
		for _, post := range []bool{false, true} {
			if post && strings.HasSuffix(kind, "link") { // the link is all there is to say
				continue
			}
			for _, n := range []int{0, 1, perPage - 101, perPage - 100, perPage, perPage + 1, 5*perPage + 3} {
				t.Run(fmt.Sprint(kind, " ", post, " ", n), func(t *testing.T) {
					a := newAPI(t, kind, post)
					var records []string
					for i := range n {
						records = append(records, fmt.Sprintf(`{"id": %d}`, i))
					}
					a.put("t", records)
					out, err := read(t, a.settings(), "id")
					if err != nil || len(out.rows) != n {
						t.Fatalf("%d rows, %v", len(out.rows), err)
					}
					for i, row := range out.rows {
						if row[0] != strconv.Itoa(i) {
							t.Fatalf("row %d is %s", i, row[0])
						}
					}
				})
			}
		}
	}
}

// What pages say of each other and is not so ends the read.
func TestLyingPages(t *testing.T) {
	page1 := httpapi.Paging{Kind: "page", Page: "n"}
	next := httpapi.Paging{Kind: "cursor", Cursor: "at", Next: "next"}
	link := httpapi.Paging{Kind: "link", Next: "next"}
	sized := httpapi.Paging{Kind: "cursor", Cursor: "at", Next: "next", Size: "n", PerPage: 2}
	for name, c := range map[string]struct {
		paging httpapi.Paging
		pages  []string // by request; the last one for all that follow
		total  string
		want   fault.Kind // -1: all is well
		rows   int
	}{
		"the same page for ever":  {page1, []string{`{"list": [{"id": 1}]}`}, "", fault.Data, 0},
		"a circle of pages":       {page1, []string{`{"list": [{"id": 1}]}`, `{"list": [{"id": 2}]}`, `{"list": [{"id": 1}]}`}, "", fault.Data, 0},
		"the same token":          {next, []string{`{"list": [{"id": 1}], "next": "a"}`}, "", fault.Data, 0},
		"a circle of tokens":      {next, []string{`{"list": [], "next": "a"}`, `{"list": [], "next": 7}`, `{"list": [], "next": "a"}`}, "", fault.Data, 0},
		"a token and no records":  {next, []string{`{"list": [{"id": 1}], "next": 9007199254740993}`, `{"list": [], "next": "b"}`, `{"list": [{"id": 2}], "next": ""}`}, "", -1, 2},
		"the same link":           {link, []string{`{"list": [{"id": 1}], "next": "/t?n=2"}`}, "", fault.Data, 0},
		"a link elsewhere":        {link, []string{`{"list": [{"id": 1}], "next": "http://127.0.0.2/t"}`}, "", fault.Data, 0},
		"a link to a file":        {link, []string{`{"list": [{"id": 1}], "next": "file:///etc/passwd"}`}, "", fault.Data, 0},
		"pages without end":       {page1, nil, "", fault.Data, 0},
		"too few":                 {page1, []string{`{"list": [{"id": 1}], "total": 3}`, `{"list": [], "total": 3}`}, "total", fault.Unreachable, 0},
		"too many":                {page1, []string{`{"list": [{"id": 1}, {"id": 2}], "total": 1}`}, "total", fault.Unreachable, 0},
		"total moves":             {page1, []string{`{"list": [{"id": 1}], "total": 3}`, `{"list": [{"id": 2}], "total": 4}`, `{"list": [], "total": 4}`}, "total", fault.Changed, 0},
		"total grows":             {page1, []string{`{"list": [{"id": 1}], "total": 2}`, `{"list": [{"id": 2}], "total": 3}`, `{"list": [{"id": 3}], "total": "3"}`}, "total", -1, 3},
		"no total":                {page1, []string{`{"list": [{"id": 1}]}`}, "total", fault.Data, 0},
		"total of no number":      {page1, []string{`{"list": [{"id": 1}], "total": "many"}`}, "total", fault.Data, 0},
		"no next in a full page":  {sized, []string{`{"list": [{"id": 1}, {"id": 2}], "after": "a"}`}, "", fault.Data, 0},
		"null next in a full one": {sized, []string{`{"list": [{"id": 1}, {"id": 2}], "next": null}`}, "", -1, 2},
		"no next in a short page": {sized, []string{`{"list": [{"id": 1}]}`}, "", -1, 1},
		"no next, and a total":    {sized, []string{`{"list": [{"id": 1}, {"id": 2}], "total": 2}`}, "total", -1, 2},
		"no link at a full page":  {httpapi.Paging{Kind: "link", Size: "n", PerPage: 2}, []string{`{"list": [{"id": 1}, {"id": 2}]}`}, "", fault.Data, 0},
		"no content":              {page1, []string{""}, "total", -1, 0},
		"no content at the end":   {page1, []string{`{"list": [{"id": 1}]}`, ""}, "", -1, 1},
		"no content too early":    {page1, []string{`{"list": [{"id": 1}], "total": 2}`, ""}, "total", fault.Unreachable, 0},
		"null and a total":        {page1, []string{`{"list": null, "total": 0}`}, "total", -1, 0},
		"null, and more said":     {page1, []string{`{"list": null, "total": 5}`}, "total", fault.Unreachable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				i := int(n.Add(1))
				if len(c.pages) == 0 {
					page(w, fmt.Sprintf(`{"list": [{"id": %d}]}`, i))
					return
				}
				if text := c.pages[min(i, len(c.pages))-1]; text != "" {
					page(w, text)
					return
				}
				w.WriteHeader(http.StatusNoContent)
			})
			s := on(server.URL)
			table := s.Tables["t"]
			table.Total = c.total
			s.Tables["t"], s.Paging, s.Tries, s.MaxPages = table, c.paging, 1, 20
			out, err := read(t, s, "id")
			switch {
			case c.want < 0 && (err != nil || len(out.rows) != c.rows):
				t.Errorf("%v", err)
			case c.want >= 0 && (err == nil || fault.KindOf(err) != c.want):
				t.Errorf("kind %s: %v", fault.KindOf(err), err)
			}
		})
	}
}

// Where a full page cannot be told from a short one, the doctor warns of a next that is nowhere.
func TestDoctorOfNext(t *testing.T) {
	for text, warned := range map[string]bool{`{"list": [{"id": 1}], "after": "a"}`: true, `{"list": [{"id": 1}], "next": null}`: false} {
		s := on(serve(t, func(w http.ResponseWriter, _ *http.Request) { page(w, text) }).URL)
		s.Paging = httpapi.Paging{Kind: "cursor", Cursor: "at", Next: "next"}
		src := start(t, s, memory.DefaultAllocator)
		defer src.Close()
		found, err := src.Doctor(t.Context())
		if told := slices.ContainsFunc(found, func(f connectors.Finding) bool { return f.Key == "httpapi.doctor.no_next" }); err != nil || told != warned {
			t.Errorf("%s: %v, %v", text, found, err)
		}
	}
}

func TestNextLink(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{`<a>; rel=next`, "a"}, {`<a>;rel="next"`, "a"}, {`<a>; REL = "NEXT"`, "a"}, {`<a>; rel="prev next"`, "a"}, {`<a>`, ""}, {`<a>; rel=nextpage`, ""},
		{`<a>; rel=prev, <b,c;d>; title="x\", <e>; rel=next"; rel=next`, "b,c;d"}, {`<a>; rel=prev; rel=next`, ""}, {`<a>; title=rel, <b>; rel=next`, "b"},
		{`<a>; rel="next`, "a"}, {`a; rel=next`, ""}, {`<a; rel=next`, ""}, {``, ""}, {`<>; rel=next`, ""}, {`<a>; next, <b> ; rel="next" ;`, "b"},
	} {
		if got := httpapi.NextLink(c.header); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.header, got, c.want)
		}
	}
	if got := httpapi.NextLink(`<a>; rel=prev`, `<b>; rel=next`); got != "b" {
		t.Errorf("over two headers: %q", got)
	}
}

// An answer that says of itself that it is an error is none, whatever its status.
func TestSuccess(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"code": 0, "list": [{"id": 1}]}`: true, `{"code": "0", "list": [{"id": 1}]}`: true, `{"code": true, "list": [{"id": 1}]}`: true,
		`{"list": [{"id": 1}]}`: false, `{"code": 500, "list": [{"id": 1}]}`: false, `{"code": null, "list": [{"id": 1}]}`: false, `{"list": [{"id": 1}], "code": 1, "code": 0}`: false,
	} {
		s := on(serve(t, func(w http.ResponseWriter, _ *http.Request) { page(w, body) }).URL)
		s.Success = httpapi.Success{Path: "code", Values: []string{"0", "true"}}
		if _, err := read(t, s, "id"); (err == nil) != ok || !ok && fault.KindOf(err) != fault.Data {
			t.Errorf("%s: %v", body, err)
		}
	}
}
