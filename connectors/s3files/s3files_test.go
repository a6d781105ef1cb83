package s3files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	miniogo "github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/xuri/excelize/v2"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/s3files"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/testkit/minio"
	"guiji/lake"
)

// lab is a bucket on a MinIO of its own.
type lab struct {
	client   *miniogo.Client
	settings s3files.Settings
	scratch  string
}

func newLab(t testing.TB) lab {
	t.Helper()
	server := minio.Start(t)
	client, err := miniogo.New(server.Endpoint, &miniogo.Options{Creds: credentials.NewStaticV4(server.AccessKey, server.SecretKey, "")})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.MakeBucket(context.Background(), "drop", miniogo.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	s := s3files.DefaultSettings()
	s.Endpoint, s.TLS, s.Bucket, s.Prefix, s.AccessKey, s.SecretKey = server.Endpoint, false, "drop", "部门/2026", server.AccessKey, secret.Secret(server.SecretKey)
	l := lab{client, *s, t.TempDir()}
	t.Cleanup(func() {
		if left, err := os.ReadDir(l.scratch); err != nil || len(left) > 0 {
			t.Errorf("%d folders are left in scratch, %v", len(left), err)
		}
	})
	return l
}

func (l lab) put(t testing.TB, name string, content []byte) {
	t.Helper()
	if _, err := l.client.PutObject(context.Background(), "drop", l.settings.Prefix+"/"+name, bytes.NewReader(content), int64(len(content)), miniogo.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

// through opens a source on another address.
func (l lab) through(_ testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
	l.settings.Endpoint = address
	return s3files.Connector().Open(context.Background(), &l.settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: l.scratch})
}

func (l lab) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := l.through(t, alloc, l.settings.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// load writes a table as up to four objects, so that it has parts.
func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	name := strings.ReplaceAll(table.Name, "/", "_")
	contents := connectortest.CSV(table)
	for n := range 4 {
		key := fmt.Sprintf("%s/%02d.csv", name, n)
		if n < len(contents) {
			l.put(t, key, contents[n])
		} else if err := l.client.RemoveObject(context.Background(), "drop", l.settings.Prefix+"/"+key, miniogo.RemoveObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	l := newLab(t)
	text := func(s string) connectortest.Extreme {
		return connectortest.Extreme{Value: &s, Want: &s, Arrow: "utf8"}
	}
	return connectortest.Harness{
		Connector: s3files.Connector(), Open: l.open, Load: l.load,
		Connections: func(t testing.TB) int { return connectortest.Established(t, l.settings.Endpoint) },
		Wire:        &connectortest.Wire{Server: l.settings.Endpoint, Open: l.through},
		Extremes:    []connectortest.Extreme{text("𠮷野家"), text("two\r\nlines"), text(" blanks ")},
		Bad: func(t testing.TB) connectortest.BadCase {
			l.put(t, "bad.csv", []byte("id,a\n1,x\n2,\xff\xfe\n3,ok\n4,\xb9\xe9\n"))
			return connectortest.BadCase{Table: "bad.csv", Columns: []string{"id", "a"}, Good: 2, Bad: 2, Column: "a", Text: `\xFF\xFE`}
		},
		Cannot: connectortest.Inability{Null: true, Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, File: true},
	}
}

type counted struct{ rows, bad int }

func (c *counted) Batch(rec arrow.RecordBatch) error { c.rows += int(rec.NumRows()); return nil }
func (c *counted) Bad(lake.BadRow) error             { c.bad++; return nil }

// read reads a table whole; the error is that of open, snapshot or read.
func (l lab) read(t *testing.T, table string, columns ...string) (out counted, err error) {
	t.Helper()
	src, err := s3files.Open(context.Background(), l.settings, connectors.Env{Alloc: memory.DefaultAllocator, Scratch: l.scratch})
	if err != nil {
		return out, err
	}
	defer src.Close()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: table, Columns: columns, Parts: 1, BatchRows: 10})
	if err != nil {
		return out, err
	}
	defer snap.Close()
	for _, p := range snap.Parts() {
		if err := snap.Read(context.Background(), p, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func TestWorkbooks(t *testing.T) {
	l := newLab(t)
	l.settings.Format, l.settings.Excel.HeaderHas = "excel", "姓名"
	book := excelize.NewFile()
	defer book.Close()
	for cell, v := range map[string]string{"A1": "名册", "A2": "姓名", "A3": "甲", "A4": "乙"} {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	l.put(t, "a.xlsx", out.Bytes())
	l.put(t, "b/c.xlsx", out.Bytes())
	for _, table := range []string{"a.xlsx", "a.xlsx#Sheet1", "b", "b/*.xlsx#1"} {
		if got, err := l.read(t, table, "姓名"); err != nil || got.rows != 2 {
			t.Errorf("%s: %d rows, %v", table, got.rows, err)
		}
	}
}

func TestRefused(t *testing.T) {
	l := newLab(t)
	l.put(t, "a.csv", []byte("id\n1\n"))
	for name, tt := range map[string]struct {
		set  func(*s3files.Settings)
		kind fault.Kind
	}{
		"a wrong key":     {func(s *s3files.Settings) { s.SecretKey = "wrong" }, fault.Refused},
		"a wrong account": {func(s *s3files.Settings) { s.AccessKey = "nobody" }, fault.Refused},
		"no bucket":       {func(s *s3files.Settings) { s.Bucket = "nowhere" }, fault.Config},
		"no server":       {func(s *s3files.Settings) { s.Endpoint = "127.0.0.1:1" }, fault.Unreachable},
		"no table":        {func(s *s3files.Settings) { s.Prefix = "部门" }, fault.Config},
		"TLS to none":     {func(s *s3files.Settings) { s.TLS = true }, fault.Unreachable},
	} {
		other := l
		tt.set(&other.settings)
		if _, err := other.read(t, "a.csv", "id"); fault.KindOf(err) != tt.kind || strings.Contains(fmt.Sprint(err), "wrong") {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.settings.Limit = 1
	l.put(t, "large.csv", bytes.Repeat([]byte("id\n"), 1<<19))
	if _, err := l.read(t, "large.csv", "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "limit_mb") {
		t.Errorf("more than the limit: %v", err)
	}
}

// between puts a proxy between us and the store.
func (l lab) between(t *testing.T, answer func(*http.Response) error) lab {
	t.Helper()
	to, err := url.Parse("http://" + l.settings.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host },
		ModifyResponse: answer,
		ErrorLog:       nil,
	})
	t.Cleanup(server.Close)
	l.settings.Endpoint = strings.TrimPrefix(server.URL, "http://")
	return l
}

// An object that becomes another one between the list and its turn is not read.
func TestChangedMeanwhile(t *testing.T) {
	l := newLab(t)
	for name, change := range map[string]func(){
		"another content": func() { l.put(t, "a.csv", []byte("id\n2\n")) },
		"gone": func() {
			if err := l.client.RemoveObject(context.Background(), "drop", l.settings.Prefix+"/a.csv", miniogo.RemoveObjectOptions{}); err != nil {
				t.Error(err)
			}
		},
	} {
		l.put(t, "a.csv", []byte("id\n1\n"))
		lists := 0
		between := l.between(t, func(r *http.Response) error {
			if r.Request.URL.Query().Get("list-type") != "" {
				if lists++; lists == 2 { // the first one is that of Open
					change()
				}
			}
			return nil
		})
		if got, err := between.read(t, "a.csv", "id"); fault.KindOf(err) != fault.Changed {
			t.Errorf("%s: %d rows, %v", name, got.rows, err)
		}
	}
}

// A body that is cut is asked for again from where it stopped; one that is cut at the same
// place each time is worth another try, and no table.
func TestCutBody(t *testing.T) {
	l := newLab(t)
	l.put(t, "a.csv", bytes.Repeat([]byte("id\n"), 100_000))
	for _, tt := range []struct {
		each int64
		kind fault.Kind
		rows int
	}{{100_001, fault.Unreachable, 0}, {100_001, fault.Internal, 99_999}, {0, fault.Unreachable, 0}} {
		sent := 0
		between := l.between(t, func(r *http.Response) error {
			if strings.HasSuffix(r.Request.URL.Path, "a.csv") {
				if sent++; tt.rows == 0 && sent > 1 {
					r.Body = io.NopCloser(strings.NewReader(""))
				} else {
					r.Body = io.NopCloser(io.LimitReader(r.Body, tt.each))
				}
			}
			return nil
		})
		if got, err := between.read(t, "a.csv", "id"); got.rows != tt.rows || err != nil && fault.KindOf(err) != tt.kind || err == nil && tt.rows == 0 {
			t.Errorf("%d bytes each time: %d rows, %v", tt.each, got.rows, err)
		}
	}
}

// An object with another tag is another one, of whatever size and time.
func TestDeliveries(t *testing.T) {
	l := newLab(t)
	taken := ""
	for i, step := range []struct {
		put  map[string]string
		rows int
		told [2]int // new and changed ones
	}{
		{map[string]string{"in/a.csv": "id\n1\n", "in/b.csv": "id\n2\n"}, 2, [2]int{2, 0}}, {nil, 0, [2]int{}},
		{map[string]string{"in/a.csv": "id\n9\n", "in/c.csv": "id\n3\n4\n"}, 3, [2]int{1, 1}}, {nil, 0, [2]int{}},
	} {
		for name, content := range step.put {
			l.put(t, name, []byte(content))
		}
		var out counted
		src := l.open(t, memory.DefaultAllocator)
		snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "in", Columns: []string{"id"}, BatchRows: 10, Deliveries: &connectors.Deliveries{Taken: taken}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range snap.Parts() {
			if err := snap.Read(t.Context(), p, &out); err != nil {
				t.Fatal(err)
			}
		}
		told := snap.(connectors.Deliverer).Delivered()
		if taken = told.Manifest; out.rows != step.rows || step.told != [2]int{len(told.New), len(told.Changed)} {
			t.Errorf("step %d: %d rows, new %q, changed %q", i, out.rows, told.New, told.Changed)
		}
		if err := errors.Join(snap.Close(), src.Close()); err != nil {
			t.Error(err)
		}
	}
}

// Names that would leave the folder are refused, whoever gives them.
func TestNames(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{"../a.csv", "b//a.csv", "/etc/a.csv", "./a.csv", "b/../../a.csv"} {
		l.put(t, "a.csv", []byte("id\n1\n"))
		between := l.between(t, func(r *http.Response) error {
			if r.Request.URL.Query().Get("list-type") == "" {
				return nil
			}
			text, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			for _, slash := range []string{"/", "%2F"} {
				text = bytes.ReplaceAll(text, []byte(slash+"a.csv</Key>"), []byte(slash+strings.ReplaceAll(name, "/", slash)+"</Key>"))
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
			r.Header.Set("Content-Length", fmt.Sprint(len(text)))
			return nil
		})
		if _, err := between.read(t, "a.csv", "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
