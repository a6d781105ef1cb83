package sftpfiles_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/sftpfiles"
	"guiji/internal/secret"
	"guiji/internal/testkit/sftp"
	"guiji/lake"
)

// lab is a folder on an SSH server of its own.
type lab struct {
	*sftp.Server
	settings sftpfiles.Settings
	scratch  string
}

func newLab(t testing.TB) lab {
	t.Helper()
	server := sftp.Start(t)
	s := sftpfiles.DefaultSettings()
	s.Address, s.User, s.PrivateKey, s.Fingerprint, s.Path, s.Allow = server.Address, server.User, secret.Secret(server.Key), server.Fingerprint, "drop", []string{"127.0.0.1"}
	l := lab{server, *s, t.TempDir()}
	t.Cleanup(func() {
		if left, err := os.ReadDir(l.scratch); err != nil || len(left) > 0 {
			t.Errorf("%d folders are left in scratch, %v", len(left), err)
		}
	})
	return l
}

// through opens a source on another address.
func (l lab) through(_ testing.TB, alloc memory.Allocator, address string) (connectors.Source, error) {
	l.settings.Address = address
	return sftpfiles.Connector().Open(context.Background(), &l.settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: l.scratch})
}

func (l lab) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := l.through(t, alloc, l.settings.Address)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// load writes a table as a folder of up to four files, so that it has parts.
func (l lab) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	name := strings.ReplaceAll(table.Name, "/", "_")
	if err := os.RemoveAll(filepath.Join(l.Dir, name)); err != nil {
		t.Fatal(err)
	}
	for n, content := range connectortest.CSV(table) {
		l.Write(t, fmt.Sprintf("%s/%02d.csv", name, n), content)
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
		Connector: sftpfiles.Connector(), Open: l.open, Load: l.load,
		Connections: func(t testing.TB) int { return connectortest.Established(t, l.settings.Address) },
		Wire:        &connectortest.Wire{Server: l.settings.Address, Open: l.through, Ends: some},
		Extremes:    []connectortest.Extreme{text("𠮷野家"), text("two\r\nlines"), text(" blanks ")},
		Bad: func(t testing.TB) connectortest.BadCase {
			l.Write(t, "bad.csv", []byte("id,a\n1,x\n2,\xff\xfe\n3,ok\n4,\xb9\xe9\n"))
			return connectortest.BadCase{Table: "bad.csv", Columns: []string{"id", "a"}, Good: 2, Bad: 2, Column: "a", Text: `\xFF\xFE`}
		},
		Cannot: connectortest.Inability{Null: true, Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, File: true},
	}
}

// some are places to cut at: SSH hides where its messages end.
func some(answers []byte) (out []int) {
	for i := 1; i <= 10; i++ {
		out = append(out, len(answers)*i/10)
	}
	return out
}

// counted is a sink that keeps the first column's texts.
type counted struct {
	rows []string
	bad  int
}

func (c *counted) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		c.rows = append(c.rows, strings.Clone(rec.Column(0).ValueStr(i)))
	}
	return nil
}
func (c *counted) Bad(lake.BadRow) error { c.bad++; return nil }

// read reads a table whole; the error is that of open, snapshot or read.
func (l lab) read(t testing.TB, table string, columns ...string) (out counted, err error) {
	t.Helper()
	return l.readWith(t, connectors.Request{Table: table, Columns: columns, Parts: 2, BatchRows: 1000}, nil)
}

// readWith is read of any request; seen looks at the snapshot.
func (l lab) readWith(t testing.TB, req connectors.Request, seen func(connectors.Snapshot)) (out counted, err error) {
	t.Helper()
	src, err := l.through(t, memory.DefaultAllocator, l.settings.Address)
	if err != nil {
		return out, err
	}
	defer src.Close()
	snap, err := src.Snapshot(context.Background(), req)
	if err != nil {
		return out, err
	}
	defer snap.Close()
	if seen != nil {
		seen(snap)
	}
	for _, p := range snap.Parts() {
		if err := snap.Read(context.Background(), p, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}
