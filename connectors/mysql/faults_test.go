package mysql_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/proof"
	"guiji/lake"
)

// tally counts rows and sums the second column.
type tally struct {
	rows, sum int64
	onBatch   func()
}

func (s *tally) Batch(rec arrow.RecordBatch) error {
	s.rows += rec.NumRows()
	if rec.NumCols() > 1 {
		if c, ok := rec.Column(1).(*array.Int64); ok {
			for _, v := range c.Int64Values() {
				s.sum += v
			}
		}
	}
	if s.onBatch != nil {
		s.onBatch()
	}
	return nil
}

func (s *tally) Bad(lake.BadRow) error { return nil }

// fill makes d.t with n rows (id, n, text), n being 1.
func (l lab) fill(t testing.TB, n int, more string) {
	t.Helper()
	l.Exec(t, "DROP TABLE IF EXISTS d.t", "CREATE TABLE d.t (id bigint PRIMARY KEY, n bigint NOT NULL, text varchar(200)) "+more,
		"INSERT INTO d.t SELECT seq, 1, REPEAT('x', 100) FROM d.seq_1_to_"+itoa(n))
}

func itoa(n int) string { return decimal(int64(n)) }

func snapshot(t testing.TB, src connectors.Source, table string, parts int, columns ...string) connectors.Snapshot {
	t.Helper()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: table, Columns: columns, Parts: parts, BatchRows: 500})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { snap.Close() })
	return snap
}

// cutter forwards to a server and cuts a connection after so many bytes of answers.
type cutter struct {
	net.Listener
	left atomic.Int64
}

func cut(t testing.TB, server string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l}
	c.left.Store(1 << 60)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			back, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			wg.Go(func() { io.Copy(back, client); back.Close() })
			wg.Go(func() { c.answer(client, back); client.Close(); back.Close() })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return c
}

func (c *cutter) answer(client io.Writer, server io.Reader) {
	buf := make([]byte, 4096)
	for {
		n, err := server.Read(buf)
		left := c.left.Add(-int64(n))
		if left < 0 {
			n = max(0, n+int(left))
		}
		if _, werr := client.Write(buf[:n]); err != nil || werr != nil || left < 0 {
			return
		}
	}
}

// A connection cut anywhere in a part rejects the part whole: it never looks like its end.
func TestCutAnywhereIsAnError(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.fill(t, 6_000, "") // about 700 KB of answers
		proxy := cut(t, l.Address)
		for at := int64(100); at < 640<<10; at += 64 << 10 {
			proxy.left.Store(1 << 60)
			src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.Address = proxy.Addr().String() })
			snap := snapshot(t, src, "t", 1, "id", "n", "text")
			proxy.left.Store(at)
			sink := &tally{}
			err := snap.Read(context.Background(), snap.Parts()[0], sink)
			if fault.KindOf(err) != fault.Unreachable {
				t.Fatalf("cut after %d bytes: %d rows and %v", at, sink.rows, err)
			}
			snap.Close()
			src.Close()
		}
	})
	proof.Fault(t, "cut mid-stream", "at every 64 KiB: the part is rejected whole, unreachable")
}

// The server's administrator ends our connection in the middle of a part.
func TestKilledOnTheServer(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.fill(t, 100_000, "")
		snap := snapshot(t, l.open(t, memory.DefaultAllocator), "t", 1, "id", "n", "text")
		var once sync.Once
		sink := &tally{onBatch: func() {
			once.Do(func() {
				var id int64
				if err := l.DB().QueryRow("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'reader'").Scan(&id); err != nil {
					t.Error(err)
				}
				l.Exec(t, "KILL "+decimal(id))
			})
		}}
		if err := snap.Read(context.Background(), snap.Parts()[0], sink); fault.KindOf(err) != fault.Unreachable {
			t.Fatalf("%d rows and %v", sink.rows, err)
		}
	})
}

// A statement that has not sent a row yet is ended on the server as well.
func TestCancelReachesTheServer(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.Exec(t, "CREATE OR REPLACE VIEW d.slow AS SELECT 1 AS id, SLEEP(30) AS s")
		snap := snapshot(t, l.open(t, memory.DefaultAllocator), "slow", 1, "id", "s")
		ctx, cancel := context.WithCancel(context.Background())
		var began time.Time
		stop := time.AfterFunc(500*time.Millisecond, func() {
			if n := l.running(t); n != 1 {
				t.Errorf("%d statements run before the cancel", n)
			}
			began = time.Now()
			cancel()
		})
		defer stop.Stop()
		err := snap.Read(ctx, snap.Parts()[0], &tally{})
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the read ended %s after its context", took)
		}
		if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Interrupted {
			t.Errorf("error %v", err)
		}
		for l.running(t) > 0 {
			if time.Since(began) > 2*time.Second {
				t.Fatal("the statement still runs on the server")
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
}

func TestSlowStatementIsEndedByTheServer(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.Exec(t, "CREATE OR REPLACE VIEW d.slow AS SELECT 1 AS id, SLEEP(30) AS s")
		src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.StatementTimeout = 300 * time.Millisecond })
		snap := snapshot(t, src, "slow", 1, "id", "s")
		began := time.Now()
		err := snap.Read(context.Background(), snap.Parts()[0], &tally{})
		if time.Since(began) > 5*time.Second {
			t.Errorf("it took %s", time.Since(began))
		}
		if fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "statement_timeout") || strings.Contains(err.Error(), "%!") {
			t.Errorf("error %v", err)
		}
	})
}

// A table altered between snapshot and read asks for a new start; the altered rows never
// come. A column that nobody asked for may come and go.
func TestChangedTable(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		for alter, harmless := range map[string]bool{"MODIFY n varchar(20)": false, "DROP COLUMN n": false, "ADD COLUMN z int": true} {
			l.fill(t, 100, "")
			snap := snapshot(t, l.open(t, memory.DefaultAllocator), "t", 1, "id", "n")
			l.Exec(t, "ALTER TABLE d.t "+alter)
			sink := &tally{}
			err := snap.Read(context.Background(), snap.Parts()[0], sink)
			snap.Close()
			if harmless && (err != nil || sink.rows != 100) {
				t.Errorf("%s: %d rows and %v", alter, sink.rows, err)
			}
			if k := fault.KindOf(err); !harmless && (err == nil || k != fault.Changed && k != fault.Config) {
				t.Errorf("%s: kind %d, %v", alter, k, err)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	l := start(t)
	tls := mariadb.Start(t, mariadb.WithTLS())
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, c := range []struct {
		name   string
		change func(*mysql.Settings)
		kind   fault.Kind
		says   string
	}{
		{"wrong password", func(s *mysql.Settings) { s.Password = "no" }, fault.Refused, "user and password"},
		{"unknown account", func(s *mysql.Settings) { s.User = "nobody" }, fault.Refused, "nobody"},
		{"forbidden database", func(s *mysql.Settings) { s.Database = "mysql" }, fault.Refused, "GRANT SELECT"},
		{"no such database", func(s *mysql.Settings) { s.User, s.Password, s.Database = "root", "", "nowhere" }, fault.Config, "nowhere"},
		{"nothing listens", func(s *mysql.Settings) { s.Address = "127.0.0.1:1" }, fault.Unreachable, "127.0.0.1:1"},
		{"nothing answers", func(s *mysql.Settings) { s.Address, s.ConnectTimeout = silent.Addr().String(), 300*time.Millisecond }, fault.Unreachable, ""},
		{"no TLS", func(s *mysql.Settings) { s.TLS = "verify" }, fault.Refused, "TLS"},
		{"self-signed", func(s *mysql.Settings) { s.Address, s.TLS = tls.Address, "verify" }, fault.Refused, "certificate"},
		{"time zone", nil, fault.Config, "Mars"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, zone := l.settings(), "Asia/Shanghai"
			if c.change == nil {
				zone = "Mars/Olympus"
			} else {
				c.change(s)
			}
			_, err := mysql.Connector().Open(context.Background(), s, connectors.Env{Timezone: zone, Alloc: memory.DefaultAllocator})
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("kind %d: %v", fault.KindOf(err), err)
			}
			if p := secret.Secret("p'w").Reveal(); strings.Contains(err.Error(), p) {
				t.Error("the password is in the error")
			}
		})
	}
}

func TestVerifiedTLS(t *testing.T) {
	s := mariadb.Start(t, mariadb.WithTLS())
	s.Exec(t, "CREATE DATABASE d", "CREATE USER 'reader'@'%' IDENTIFIED BY 'p''w' REQUIRE SSL", "GRANT SELECT ON d.* TO 'reader'@'%'",
		"CREATE TABLE d.t (id int PRIMARY KEY)", "INSERT INTO d.t VALUES (1), (2)")
	l := lab{Server: s}
	src := l.open(t, memory.DefaultAllocator, func(c *mysql.Settings) { c.TLS, c.CA = "verify", s.CA })
	snap := snapshot(t, src, "t", 1, "id")
	if mysql.OffTheWire(snap) {
		t.Error("rows under TLS are not the driver's to read")
	}
	sink := &tally{}
	if err := snap.Read(context.Background(), snap.Parts()[0], sink); err != nil || sink.rows != 2 {
		t.Fatalf("%d rows, %v", sink.rows, err)
	}
}

// Outside the hours the department allows nothing is read, and the error says when.
func TestOutsideTheWindow(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.t (id int PRIMARY KEY)")
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	span := func(from, to time.Duration) string {
		return now.Add(from).Format("15:04") + "-" + now.Add(to).Format("15:04")
	}
	request := connectors.Request{Table: "t", Columns: []string{"id"}, Parts: 1, BatchRows: 10}
	shut := span(2*time.Hour, 4*time.Hour)
	src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.Window = shut })
	if _, err := src.Snapshot(context.Background(), request); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), shut) {
		t.Errorf("outside: %v", err)
	}
	src = l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.Window = span(-2*time.Hour, 2*time.Hour) })
	snap, err := src.Snapshot(context.Background(), request)
	if err != nil {
		t.Fatalf("inside: %v", err)
	}
	snap.Close()
}
