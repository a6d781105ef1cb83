package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/httpapi"
	"guiji/lake"
)

// api is a server on loopback that hands out tables in pages of one kind.
type api struct {
	kind    string // of paging
	post    bool
	server  *httptest.Server
	running atomic.Int64 // requests under way

	connected atomic.Int64 // connections that are open

	mu     sync.Mutex
	tables []connectortest.Table // by number: t0, t1 …
	raw    map[string][]string   // records as they are sent, by the path
}

const perPage = 700

func newAPI(t testing.TB, kind string, post bool) *api {
	t.Helper()
	a := &api{kind: kind, post: post, raw: map[string][]string{}}
	a.server = httptest.NewUnstartedServer(a)
	a.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			a.connected.Add(1)
		case http.StateClosed, http.StateHijacked:
			a.connected.Add(-1)
		}
	}
	a.server.Start()
	t.Cleanup(a.server.Close)
	return a
}

func (a *api) load(_ testing.TB, table connectortest.Table) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var records []string
	for n, row := range table.Rows {
		records = append(records, record(table.Columns, row, n%2 == 0 && n > 0))
	}
	a.put(table.Name, records)
	return table.Name
}

// put makes records the ones of a table.
func (a *api) put(name string, records []string) {
	for i, t := range a.tables {
		if t.Name == name {
			a.raw["/t"+strconv.Itoa(i)] = records
			return
		}
	}
	a.raw["/t"+strconv.Itoa(len(a.tables))] = records
	a.tables = append(a.tables, connectortest.Table{Name: name})
}

// record writes a row as JSON: integers as numbers, and NULL as null or as nothing.
func record(columns []connectortest.Column, row []connectortest.Value, leaveOut bool) string {
	var members []string
	for i, c := range columns {
		value := "null"
		switch {
		case row[i] == nil && leaveOut:
			continue
		case row[i] != nil && c.Kind == connectortest.Integer && c.Type == "":
			value = *row[i]
		case row[i] != nil && c.Type == "json":
			value = *row[i]
		case row[i] != nil:
			value = quote(*row[i])
		}
		members = append(members, quote(c.Name)+": "+value)
	}
	return "{" + strings.Join(members, ",\n ") + "}"
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// ServeHTTP hands out a page.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.running.Add(1)
	defer a.running.Add(-1)
	a.mu.Lock()
	records, ok := a.raw[strings.TrimPrefix(r.URL.Path, "/api")]
	a.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	ask := func(name string) string { return r.URL.Query().Get(name) }
	if a.post {
		var body map[string]any
		if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&body) != nil {
			http.Error(w, "no JSON", http.StatusBadRequest)
			return
		}
		ask = func(name string) string { return fmt.Sprint(body[name]) }
	}
	from, to := a.span(ask, len(records))
	next, envelope := "", `"data": {"other": [1, {"list": 2}], "list": [`
	if to < len(records) {
		next = strconv.Itoa(to)
	}
	switch {
	case a.kind == "link" && next != "":
		w.Header().Set("Link", fmt.Sprintf(`<https://elsewhere.example/>; rel="prev", <%s?at=%s>; title="a, \"b\"; c"; rel="last next"`, r.URL.Path, next))
	case a.kind == "cursor" && next != "":
		envelope = `"next": ` + quote("t/"+next+" &") + `, ` + envelope
	case a.kind == "body link" && next != "":
		envelope = `"next": ` + quote(a.server.URL+r.URL.Path+"?at="+next) + `, ` + envelope
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, "\xef\xbb\xbf{"+envelope)
	for i, rec := range records[from:to] {
		if i > 0 {
			_, _ = io.WriteString(w, ",\n")
		}
		_, _ = io.WriteString(w, rec)
	}
	fmt.Fprintf(w, `], "total": %d}, "code": 0}`, len(records))
}

// span is what a page has of n records.
func (a *api) span(ask func(string) string, n int) (from, to int) {
	number := func(name string) int {
		v, _ := strconv.Atoi(ask(name)) // none is 0
		return v
	}
	size := perPage
	switch a.kind {
	case "none":
		return 0, n
	case "page":
		from = (number("pageNum") - 1) * size
	case "page of 0":
		from = number("pageNum") * size
	case "offset":
		size = perPage - 100 // fewer than asked for, as servers do
		from = number("skip")
	case "cursor":
		v, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(ask("token"), "t/"), " &"))
		from = v
	default:
		from = number("at")
	}
	from = min(from, n)
	return from, min(from+size, n)
}

func (a *api) settings() *httpapi.Settings {
	s := httpapi.DefaultSettings()
	s.BaseURL, s.Allow, s.Tries = a.server.URL+"/api/", []string{"127.0.0.1"}, 2
	s.Success = httpapi.Success{Path: "code", Values: []string{"0"}}
	s.Paging = map[string]httpapi.Paging{
		"none":      {},
		"page":      {Kind: "page", Page: "pageNum", Size: "pageSize", PerPage: perPage},
		"page of 0": {Kind: "page", Page: "pageNum", ZeroBased: true},
		"offset":    {Kind: "offset", Offset: "skip", Size: "limit"},
		"cursor":    {Kind: "cursor", Cursor: "token", Next: "next"},
		"link":      {Kind: "link"},
		"body link": {Kind: "link", Next: "/next"},
	}[a.kind]
	s.Tables = map[string]httpapi.Table{}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, t := range a.tables {
		table := httpapi.Table{Path: "t" + strconv.Itoa(i), Records: "data.list"}
		if a.kind != "page" && a.kind != "offset" { // those two find the end by an empty page
			table.Total = "data.total"
		}
		if a.post {
			s.Paging.Page, s.Paging.Offset, s.Paging.Cursor = "", "", ""
			table.Method, table.Body = http.MethodPost, `{"pageNum": {page}, "skip": {offset}, "limit": {size}, "token": "{cursor}"}`
		}
		s.Tables[t.Name] = table
	}
	return s
}

func (a *api) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	if len(a.tables) == 0 {
		a.put("any", nil)
	}
	return start(t, a.settings(), alloc)
}

// through opens a source that goes to another address, asks for a page once and is told of
// pages that are missing.
func (a *api) through(t testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
	s := a.settings()
	s.BaseURL, s.Tries = "http://"+address+"/api/", 1
	return httpapi.Open(*s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: t.TempDir()})
}

func start(t testing.TB, s *httpapi.Settings, alloc memory.Allocator) *httpapi.Source {
	t.Helper()
	src, err := httpapi.Open(*s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// got is a sink that keeps texts; NULL is "∅".
type got struct {
	rows [][]string
	bad  []lake.BadRow
}

func (g *got) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		var row []string
		for _, c := range rec.Columns() {
			if c.IsNull(i) {
				row = append(row, "∅")
				continue
			}
			row = append(row, c.(*array.String).Value(i))
		}
		g.rows = append(g.rows, row)
	}
	return nil
}

func (g *got) Bad(row lake.BadRow) error {
	g.bad = append(g.bad, row)
	return nil
}

// read opens a source on settings and reads columns of table t.
func read(t testing.TB, s *httpapi.Settings, columns ...string) (*got, error) {
	t.Helper()
	src := start(t, s, memory.DefaultAllocator)
	defer src.Close()
	return pull(t.Context(), src, columns...)
}

func pull(ctx context.Context, src connectors.Source, columns ...string) (*got, error) {
	snap, err := src.Snapshot(ctx, connectors.Request{Table: "t", Columns: columns, Key: []string{"id"}, Parts: 1, BatchRows: 3})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	out := &got{}
	return out, snap.Read(ctx, snap.Parts()[0], out)
}

// on are settings for one table t at a server, without pages.
func on(address string) *httpapi.Settings {
	s := httpapi.DefaultSettings()
	s.BaseURL, s.Allow, s.Tries = address, []string{"127.0.0.1"}, 2
	s.Tables = map[string]httpapi.Table{"t": {Path: "t", Records: "list", Columns: map[string]string{"id": ""}}}
	return s
}

// serve starts a server of one function on loopback.
func serve(t testing.TB, f http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s
}

// page answers with a body in JSON.
func page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
}

func hostOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
