package postgres_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/postgres"
	"guiji/internal/fault"
	"guiji/internal/secret"
	pgtest "guiji/internal/testkit/postgres"
	"guiji/internal/text"
)

// fails opens a source with changed settings and states the kind of what comes of it. No error
// shows the password.
func (l lab) fails(t *testing.T, what string, kind fault.Kind, change func(*postgres.Settings)) {
	t.Helper()
	s := l.settings()
	change(s)
	src, err := postgres.Connector().Open(t.Context(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator})
	if err == nil {
		src.Close()
		t.Fatalf("%s: no error", what)
	}
	if fault.KindOf(err) != kind || s.Password != "" && strings.Contains(err.Error(), s.Password.Reveal()) || strings.Contains(fault.Message(text.ZH, err), "%!") {
		t.Errorf("%s: kind %s: %v", what, fault.KindOf(err), err)
	}
}

func TestSigningIn(t *testing.T) {
	l := start(t)
	l.fails(t, "wrong password", fault.Refused, func(s *postgres.Settings) { s.Password = "canary-of-a-password" })
	l.fails(t, "no such account", fault.Refused, func(s *postgres.Settings) { s.User = "nobody" })
	l.fails(t, "no such database", fault.Config, func(s *postgres.Settings) { s.Database = "none" })
	l.fails(t, "a server without TLS", fault.Refused, func(s *postgres.Settings) { s.TLS = "verify" })
	t.Setenv("PGPASSWORD", "p'w") // the environment has no say
	t.Setenv("PGUSER", "postgres")
	t.Setenv("PGSSLMODE", "require")
	l.open(t, memory.DefaultAllocator)
	l.fails(t, "no password", fault.Refused, func(s *postgres.Settings) { s.Password = "" })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	l.fails(t, "nobody there", fault.Unreachable, func(s *postgres.Settings) { s.Address = closed.Addr().String() })
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	l.fails(t, "nobody answers", fault.Unreachable, func(s *postgres.Settings) {
		s.Address, s.ConnectTimeout = silent.Addr().String(), 300*time.Millisecond
	})
}

func TestTLS(t *testing.T) {
	l := start(t, pgtest.WithTLS())
	good := func(s *postgres.Settings) { s.TLS, s.CA = "verify", l.CA }
	l.Exec(t, "CREATE TABLE v (id int, v text)", "INSERT INTO v VALUES (1, '甲')")
	if out := read(t, l.open(t, memory.DefaultAllocator, good), connectors.Request{Table: "v"}); len(out.got) != 1 {
		t.Errorf("%d rows", len(out.got))
	}
	l.fails(t, "an authority nobody knows", fault.Refused, func(s *postgres.Settings) { s.TLS = "verify" })
	l.fails(t, "without TLS", fault.Refused, func(s *postgres.Settings) { s.TLS = "off" })
	l.fails(t, "no such file", fault.Config, func(s *postgres.Settings) { s.TLS, s.CA = "verify", "none.pem" })
	l.fails(t, "another host", fault.Refused, func(s *postgres.Settings) {
		good(s)
		s.Address = elsewhere(t, l.Address)
	})
}

// elsewhere passes one connection on to a server, from an address its certificate does not name.
func elsewhere(t *testing.T, address string) string {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	go func() {
		from, err := in.Accept()
		if err != nil {
			return
		}
		defer from.Close()
		to, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		defer to.Close()
		go func() { _, _ = io.Copy(to, from) }()
		_, _ = io.Copy(from, to)
	}()
	return in.Addr().String()
}

// Databases in other encodings: the server brings their texts into UTF-8; where it does not
// know what they are, what is no UTF-8 is quarantined.
func TestEncodings(t *testing.T) {
	l := start(t)
	for _, c := range []struct{ encoding, value, want, bad string }{
		{"EUC_CN", `convert_from('\xc1c4b3c7', 'EUC_CN')`, "聊城", ""},
		{"LATIN1", `'Müller'`, "Müller", ""},
		{"SQL_ASCII", `E'\xe8\x81\x8a'`, "聊", ""},
		{"SQL_ASCII", `E'\xc1\xc4'`, "", `\xC1\xC4`},
	} {
		l.Exec(t, "DROP DATABASE IF EXISTS other", "CREATE DATABASE other ENCODING '"+c.encoding+"' TEMPLATE template0", `\c other`, "SET client_encoding = 'UTF8'",
			"GRANT USAGE ON SCHEMA public TO reader", "CREATE TABLE v (id int PRIMARY KEY, v text)", "INSERT INTO v VALUES (1, "+c.value+"), (2, 'x')", "GRANT SELECT ON v TO reader")
		out := read(t, l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) { s.Database = "other" }), connectors.Request{Table: "v"})
		if c.bad != "" {
			if len(out.got) != 1 || len(out.bad) != 1 || out.bad[0].Text != c.bad || out.bad[0].Key != "id=1" || out.bad[0].Column != "v" {
				t.Errorf("%s: %d rows, bad %+v", c.encoding, len(out.got), out.bad)
			}
		} else if len(out.got) != 2 || *out.got[0] != c.want {
			t.Errorf("%s: %v", c.encoding, out.got)
		}
		l.Exec(t, `\c d`)
	}
}

// What the department's server is spared: long statements, more than so many rows a second,
// hours of the day.
func TestGentle(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE v (id int, v text)", "INSERT INTO v SELECT i, 'x' FROM generate_series(1, 3000) i",
		"CREATE VIEW slow AS SELECT id, v FROM v, pg_sleep(60)")
	src := l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) { s.StatementTimeout = 300 * time.Millisecond })
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "slow", Columns: []string{"id", "v"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := snap.Read(t.Context(), snap.Parts()[0], &cells{}); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "time limit") {
		t.Errorf("a slow statement: %v", err)
	}
	snap.Close()
	began := time.Now()
	read(t, l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) { s.MaxRowsPerSecond = 5000 }), connectors.Request{Table: "v"})
	if took := time.Since(began); took < 500*time.Millisecond {
		t.Errorf("3000 rows at 5000 a second took %s", took)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	closed := l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) {
		s.Window = now.Add(2*time.Hour).Format("15:04") + "-" + now.Add(3*time.Hour).Format("15:04")
	})
	if _, err := closed.Snapshot(t.Context(), connectors.Request{Table: "v", Columns: []string{"id"}}); fault.KindOf(err) != fault.Refused {
		t.Errorf("outside the hours: %v", err)
	}
}

// What still runs when the hours end is ended, on the server too.
func TestHoursEnd(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE VIEW slow AS SELECT 1 AS id, 'x'::text AS v FROM pg_sleep(60)")
	src := l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) { s.Window = "22:00-06:00" })
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	postgres.SetClock(src, func() time.Time { return time.Date(2026, 1, 2, 5, 59, 58, 0, zone).Add(time.Since(began)) })
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "slow", Columns: []string{"id", "v"}})
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	err = snap.Read(t.Context(), snap.Parts()[0], &cells{})
	if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "that time is over") || time.Since(began) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	for end := time.Now().Add(5 * time.Second); l.Number(t, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'") > 0; {
		if time.Now().After(end) {
			t.Fatal("it still runs on the server")
		}
	}
	if _, err := src.Snapshot(t.Context(), connectors.Request{Table: "slow", Columns: []string{"id"}}); fault.KindOf(err) != fault.Refused {
		t.Errorf("behind the end: %v", err)
	}
}

// While a snapshot is open, writers write and who would change the table waits; nothing of
// theirs is in it. Who holds the table for himself keeps us waiting for a while only.
func TestTruncatedMeanwhile(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE v (id int, v text)", "INSERT INTO v SELECT i, 'x' FROM generate_series(1, 3000) i")
	src := l.open(t, memory.DefaultAllocator)
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "v", Columns: []string{"id", "v"}, Parts: 2})
	if err != nil {
		t.Fatal(err)
	}
	l.Exec(t, "UPDATE v SET v = 'y'", "DELETE FROM v WHERE id < 100", "INSERT INTO v VALUES (0, 'z')")
	other, err := l.Connect(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	if _, err := other.Exec(t.Context(), "SET lock_timeout = '200ms'"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "TRUNCATE v"); err == nil {
		t.Error("the table was emptied under the snapshot")
	}
	out := &cells{}
	for _, p := range snap.Parts() {
		if err := snap.Read(t.Context(), p, out); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range out.got {
		if *v != "x" {
			t.Fatalf("a row of another moment: %s", *v)
		}
	}
	if len(out.got) != 3000 || len(snap.Parts()) != 2 || !snap.Consistent() {
		t.Errorf("%d rows in %d parts", len(out.got), len(snap.Parts()))
	}
	snap.Close()
	if _, err := other.Exec(t.Context(), "TRUNCATE v"); err != nil {
		t.Errorf("after the snapshot: %v", err)
	}
}

func TestDoctor(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE v (id int, v text)")
	keys := func(change ...func(*postgres.Settings)) (out []string) {
		src := l.open(t, memory.DefaultAllocator, change...)
		found, err := src.(connectors.Doctor).Doctor(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			for _, lang := range []text.Lang{text.EN, text.ZH} {
				if s := text.Format(lang, text.Key(f.Key), f.Args...); !strings.Contains(s, l.Address) || strings.Contains(s, "%!") {
					t.Errorf("%s reads %q", f.Key, s)
				}
			}
			out = append(out, f.Key)
		}
		return out
	}
	if got := strings.Join(keys(), " "); strings.Contains(got, "writes") || !strings.Contains(got, "postgres.doctor.readonly") || !strings.Contains(got, "tls.local") {
		t.Errorf("a reader: %s", got)
	}
	l.Exec(t, "GRANT INSERT, TRUNCATE ON v TO reader", "ALTER ROLE reader CREATEDB")
	src := l.open(t, memory.DefaultAllocator)
	found, err := src.(connectors.Doctor).Doctor(t.Context())
	if err != nil || !found[0].Warning || found[0].Key != "postgres.doctor.writes" || found[0].Args[2] != "CREATEDB, INSERT, TRUNCATE" {
		t.Errorf("a writer: %+v, %v", found[0], err)
	}
}

// What the account may not read does not exist: a table, or some columns of one.
func TestRights(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE hidden (id int)", "REVOKE ALL ON hidden FROM reader", "CREATE TABLE partly (id int, v text, secret text)", "REVOKE ALL ON partly FROM reader",
		"GRANT SELECT (id, v) ON partly TO reader", "INSERT INTO partly VALUES (1, '甲', '乙')", "CREATE SCHEMA other", "CREATE TABLE other.v (id int, v text)")
	src := l.open(t, memory.DefaultAllocator)
	found, err := src.Discover(t.Context())
	if err != nil || len(found) != 1 || found[0].Name != "partly" || len(found[0].Columns) != 2 {
		t.Errorf("seen: %+v, %v", found, err)
	}
	if out := read(t, src, connectors.Request{Table: "partly"}); len(out.got) != 1 || *out.got[0] != "甲" {
		t.Errorf("rows %v", out.got)
	}
	for _, req := range []connectors.Request{{Table: "hidden", Columns: []string{"id"}}, {Table: "partly", Columns: []string{"secret"}}, {Table: "other.v", Columns: []string{"id"}}} {
		if _, err := src.Snapshot(t.Context(), req); fault.KindOf(err) != fault.Config {
			t.Errorf("%s.%s: %v", req.Table, req.Columns[0], err)
		}
	}
	elsewhere := l.open(t, memory.DefaultAllocator, func(s *postgres.Settings) { s.Schema = "other" })
	if found, err := elsewhere.Discover(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("a schema without rights: %+v, %v", found, err)
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]func(*postgres.Settings){
		"address": func(s *postgres.Settings) { s.Address = "host" }, "no port": func(s *postgres.Settings) { s.Address = "host:" },
		"database": func(s *postgres.Settings) { s.Database = "" }, "schema": func(s *postgres.Settings) { s.Schema = "" }, "user": func(s *postgres.Settings) { s.User = "" },
		"tls": func(s *postgres.Settings) { s.TLS = "maybe" }, "connections": func(s *postgres.Settings) { s.MaxConnections = 17 },
		"rows": func(s *postgres.Settings) { s.MaxRowsPerSecond = -1 }, "lag": func(s *postgres.Settings) { s.MaxReplicaLag = -1 }, "window": func(s *postgres.Settings) { s.Window = "night" },
	} {
		s := postgres.DefaultSettings()
		s.Address, s.Database, s.User, s.Password = "h:5432", "d", "u", secret.Secret("canary")
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		change(s)
		if err := s.Validate(); fault.KindOf(err) != fault.Config || err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat("sample.yaml"); err != nil {
		t.Error(err)
	}
}
