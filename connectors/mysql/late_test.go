package mysql_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/mysql"
	"guiji/lake"
)

// triples keeps the first three columns by the first.
type triples struct{ got map[string][2]string }

func (s *triples) Bad(lake.BadRow) error { return nil }
func (s *triples) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		cell := func(c int) string {
			if v := connectortest.Cell(rec.Column(c), i); v != nil {
				return *v
			}
			return ""
		}
		s.got[cell(0)] = [2]string{cell(1), cell(2)}
	}
	return nil
}

// writers stamp rows, new ones and old ones, and commit up to hold later. One that was held up
// for longer than most takes its change back: no look-back reaches so far.
func (l lab) writers(t *testing.T, n int, hold, most time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var next atomic.Int64
	next.Store(10_000)
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				tx, err := l.DB().Begin()
				if err != nil {
					t.Error(err)
					return
				}
				began := time.Now()
				id := next.Add(1)
				if id%2 == 0 {
					id = rand.Int64N(3_000) + 1
				}
				_, err = tx.Exec("INSERT INTO d.late VALUES (?, 1, NOW(6)) ON DUPLICATE KEY UPDATE v = v + 1, at = NOW(6)", id)
				time.Sleep(rand.N(hold))
				if err != nil || time.Since(began) > most {
					err = tx.Rollback()
				} else {
					err = tx.Commit()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// Thirty-two writers stamp rows and commit some time later, so that rows appear behind the
// cursor. Increments that look back as far as a transaction lasts miss none: what they have
// merged by key is what each snapshot's own moment holds.
func TestLateCommitsAreInTheWindow(t *testing.T) {
	const rounds, lookback = 10, 2 * time.Second
	l := start(t, "--log-bin")
	l.Exec(t, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'", "CREATE TABLE d.late (id bigint PRIMARY KEY, v int NOT NULL, at datetime(6) NULL, KEY (at))",
		"SET time_zone = '+08:00'; INSERT INTO d.late SELECT seq, 0, IF(seq % 50, NOW(6) - INTERVAL 1 HOUR, NULL) FROM d.seq_1_to_3000",
		"SET GLOBAL time_zone = '+08:00'")
	l.DB().SetMaxIdleConns(0) // connections made before know another zone
	l.DB().SetMaxOpenConns(40)
	src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.MaxConnections = 3 })
	stop := l.writers(t, 32, 300*time.Millisecond, lookback/2)
	stopped := sync.OnceFunc(stop)
	defer stopped()
	merged := map[string][2]string{}
	w := connectors.Window{Column: "at"}
	last, late := "", 0
	for round := range rounds {
		if round == rounds-1 {
			stopped()
		}
		snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "late", Columns: []string{"id", "v", "at"}, Key: []string{"id", "v", "at"}, Parts: 3, Window: &w})
		if err != nil {
			t.Fatal(err)
		}
		increment := &triples{map[string][2]string{}}
		for _, p := range snap.Parts() {
			if err := snap.Read(context.Background(), p, increment); err != nil {
				t.Fatal(err)
			}
		}
		for id, row := range increment.got {
			if row[1] != "" && row[1] < last && merged[id] != row {
				late++
			}
			merged[id] = row
		}
		whole := &triples{map[string][2]string{}}
		if err := snap.(connectors.KeyReader).ReadKeys(context.Background(), whole); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(merged, whole.got) {
			t.Fatalf("round %d: %d rows were merged, and the snapshot sees %d, or others", round, len(merged), len(whole.got))
		}
		c, err := snap.(connectors.Cursored).Cursor(context.Background(), "at")
		if err != nil {
			t.Fatal(err)
		}
		snap.Close()
		at, err := time.Parse("2006-01-02 15:04:05.999999", c.Max)
		if err != nil {
			t.Fatal(err)
		}
		const form = "2006-01-02 15:04:05.000000" // as the column's texts are
		last, w.From = at.Format(form), at.Add(-lookback).Format(form)
		time.Sleep(250 * time.Millisecond)
	}
	if late == 0 {
		t.Error("no commit was late: the look-back was of no use")
	}
}
