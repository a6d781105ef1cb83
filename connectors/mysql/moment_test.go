package mysql_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/internal/text"
	"guiji/lake"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// sessions counts the reader's connections, once those that were closed are gone.
func (l lab) sessions(t testing.TB, want int) int {
	t.Helper()
	n := 0
	for range 100 {
		if n = l.count(t, "TRUE"); n == want {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return n
}

// move transfers between far rows for as long as the test lasts: the sum over all rows is the
// same at every moment, and at no mixture of moments.
func (l lab) move(t testing.TB) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			time.Sleep(time.Millisecond)
			from, to := i%40_000+1, 80_000-i%40_000
			if _, err := l.DB().Exec("BEGIN; UPDATE d.t SET n = n - 7 WHERE id = " + itoa(from) + "; UPDATE d.t SET n = n + 7 WHERE id = " + itoa(to) + "; COMMIT"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	return func() { close(done); wg.Wait() }
}

func TestPartsSeeOneMoment(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		grant    string
		lock     bool
		sessions int
	}{
		{"one connection without proof", nil, "", false, 1},
		{"a log the account may not see", []string{"--log-bin"}, "", false, 1},
		{"a filtered log", []string{"--log-bin", "--binlog-ignore-db=other"}, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'", false, 1},
		{"three connections at one place in the log", []string{"--log-bin"}, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'", false, 3},
		{"three connections under a lock", nil, "GRANT LOCK TABLES ON d.* TO 'reader'@'%'", true, 3},
		{"a lock that is not granted", nil, "", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := start(t, c.args...)
			if c.grant != "" {
				l.Exec(t, c.grant)
			}
			l.fill(t, 80_000, "")
			l.DB().SetMaxOpenConns(4)
			stop := l.move(t)
			defer stop()
			src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.MaxConnections, s.LockTables = 3, c.lock })
			most := 0
			for range 4 {
				snap := snapshot(t, src, "t", 4, "id", "n")
				if !snap.Consistent() || len(snap.Parts()) != 4 {
					t.Fatalf("consistent %v, %d parts", snap.Consistent(), len(snap.Parts()))
				}
				most = max(most, l.sessions(t, c.sessions))
				sinks := make([]tally, 4)
				var wg sync.WaitGroup
				for i, p := range snap.Parts() {
					wg.Go(func() {
						if err := snap.Read(context.Background(), p, &sinks[i]); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				var all tally
				for _, s := range sinks {
					all.rows += s.rows
					all.sum += s.sum
				}
				if all.rows != 80_000 || all.sum != 80_000 {
					t.Fatalf("%d rows with the sum %d: the parts saw different moments", all.rows, all.sum)
				}
				snap.Close()
			}
			// With a busy writer the positions need not meet every time.
			if most != c.sessions {
				t.Errorf("%d connections read, wanted %d", most, c.sessions)
			}
		})
	}
}

// A snapshot waits for a free connection of the source and gives it back.
func TestConnectionsAreBounded(t *testing.T) {
	l := start(t)
	l.fill(t, 100, "")
	src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.MaxConnections = 1 })
	first := snapshot(t, src, "t", 1, "id")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := src.Snapshot(ctx, connectors.Request{Table: "t", Columns: []string{"id"}}); err == nil {
		t.Fatal("a second connection was opened")
	}
	first.Close()
	snapshot(t, src, "t", 1, "id").Close()
}

// Engines without snapshots are read by one statement, which sees one moment of the table.
func TestTableWithoutSnapshots(t *testing.T) {
	l := start(t)
	l.fill(t, 5_000, "ENGINE=MyISAM")
	snap := snapshot(t, l.open(t, memory.DefaultAllocator), "t", 4, "id", "n")
	if len(snap.Parts()) != 1 || !snap.Consistent() {
		t.Fatalf("%d parts, consistent %v", len(snap.Parts()), snap.Consistent())
	}
}

type texts struct{ got []string }

func (s *texts) Bad(lake.BadRow) error { return nil }
func (s *texts) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		s.got = append(s.got, rec.Column(0).(*array.String).Value(i))
	}
	return nil
}

// TIMESTAMP is an instant: it shows the project's wall clock, whatever the server's zone.
func TestTimestampsShowTheProjectsClock(t *testing.T) {
	l := start(t, "--default-time-zone=+00:00")
	l.Exec(t, "CREATE TABLE d.t (id int PRIMARY KEY, at timestamp(6) NULL, plain datetime)",
		"INSERT INTO d.t VALUES (1, '2026-01-31 20:00:00.000001', '2026-01-31 20:00:00')")
	sink := &texts{}
	snap := snapshot(t, l.open(t, memory.DefaultAllocator), "t", 1, "at")
	if err := snap.Read(context.Background(), snap.Parts()[0], sink); err != nil {
		t.Fatal(err)
	}
	if len(sink.got) != 1 || sink.got[0] != "2026-02-01 04:00:00.000001" {
		t.Fatalf("got %q", sink.got)
	}
}

func TestDoctor(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE USER 'writer'@'%'", "GRANT SELECT, DELETE ON d.* TO 'writer'@'%'")
	for user, want := range map[string]string{"reader": "mysql.doctor.readonly", "writer": "mysql.doctor.writes"} {
		t.Run(user, func(t *testing.T) {
			src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) {
				if s.User = user; user == "writer" {
					s.Password = ""
				}
			})
			findings, err := src.(connectors.Doctor).Doctor(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for i, f := range findings {
				if _, ok := text.Messages(text.Key(f.Key)); !ok {
					t.Errorf("no message %s", f.Key)
				}
				if i > 0 && findings[i-1].OK && !f.OK {
					t.Error("the worst is not first")
				}
				said = append(said, f.Key)
			}
			all := strings.Join(said, " ")
			for _, key := range []string{want, "mysql.doctor.version", "mysql.doctor.tls.local", "mysql.doctor.zone.offset", "mysql.doctor.snapshot"} {
				if !strings.Contains(all+" ", key+" ") {
					t.Errorf("%s is not among %s", key, all)
				}
			}
		})
	}
}

// Long texts end a batch early: its size is bounded whatever the rows asked for.
func TestBatchesOfLongTextsAreSmall(t *testing.T) {
	l := start(t)
	l.Exec(t, "CREATE TABLE d.long_texts (id int PRIMARY KEY, a longtext)", "INSERT INTO d.long_texts SELECT seq, REPEAT('长', 3000000) FROM d.seq_1_to_12")
	snap := snapshot(t, l.open(t, memory.DefaultAllocator), "long_texts", 1, "id", "a")
	sink := &tally{}
	batches := 0
	sink.onBatch = func() { batches++ }
	if err := snap.Read(context.Background(), snap.Parts()[0], sink); err != nil || sink.rows != 12 {
		t.Fatalf("%d rows, %v", sink.rows, err)
	}
	if batches < 3 {
		t.Errorf("108 MB came in %d batches", batches)
	}
}
