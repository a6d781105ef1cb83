package pipelines_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"guiji/internal/testkit/proof"
	"guiji/pipelines"
)

const (
	writerCount = 32
	writerRows  = 40 // each writer's own
	latest      = 1500 * time.Millisecond
	lookback    = 3 * time.Second
)

// While 32 writers insert, change and delete, and commit late, increments run one after
// the other. When the writers have stopped, one more increment gives what a full read
// gives: standard, entities and quality to the last byte, raw row by row.
func TestIncrementsAmongWritersEqualAFullRead(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, ", lookback: 3s, delete_detection: true, max_deletes: 100%")
	p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type: C(50)", "column: xm, unfit: row, type: C(3)")
	p.pull(t, pipelines.Request{})

	db, err := sql.Open("mysql", server.Config().FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var late, commits atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range writerCount {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for ctx.Err() == nil {
				wait, err := writeOnce(db, w, random)
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				commits.Add(1)
				if wait > 0 {
					late.Add(1)
				}
			}
		})
	}
	increments, until := 0, time.Now().Add(time.Duration(proof.Of(120, 6))*time.Second)
	for time.Now().Before(until) && !t.Failed() {
		if got := p.pull(t, pipelines.Request{}); got.Mode == "incremental" {
			increments++
		}
	}
	stop()
	writers.Wait()
	last := p.pull(t, pipelines.Request{})
	if last.Mode != "incremental" || increments == 0 || late.Load() == 0 {
		t.Fatalf("%s because %q, %d increments before, %d late commits", last.Mode, last.ModeReason, increments, late.Load())
	}
	p.sameAsFull(t)
	if !t.Failed() {
		proof.Figure(t, "incremental_equals_full", 1)
		proof.Figure(t, "writers", writerCount)
		proof.Figure(t, "late_commits", late.Load())
	}
	t.Logf("%d increments over %d commits, %d rows in the end", increments, commits.Load(), last.Read)
}

// writeOnce changes a few of a writer's rows in one transaction, which commits at once
// or late: its rows' cursors are then older than others' that were seen before.
func writeOnce(db *sql.DB, writer int, random *rand.Rand) (late time.Duration, err error) {
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	for range 1 + random.IntN(5) {
		id := 1000 + writer*writerRows + random.IntN(writerRows)
		statement := fmt.Sprintf("REPLACE INTO hukou.t_person VALUES (%d, '%s', '%s', '%s', '%s', NOW())", id,
			[]string{id1, " " + id2, fmt.Sprintf("3715021900%08d", id), fmt.Sprintf("371502 1900%08d", id/2)}[random.IntN(4)], []string{"张三", "李四 ", "王五", "欧阳娜娜", "赵"}[random.IntN(5)],
			[]string{"1", "女", "7"}[random.IntN(3)], []string{"1990-01-01", "1992/3/4", "1970-13-45"}[random.IntN(3)])
		if random.IntN(5) == 0 {
			statement = fmt.Sprintf("DELETE FROM hukou.t_person WHERE id = %d", id)
		}
		if _, err := tx.Exec(statement); err != nil {
			if e := new(mysql.MySQLError); errors.As(err, &e) && e.Number == 1213 { // a deadlock: the server has rolled back
				return 0, tx.Rollback()
			}
			return 0, err
		}
	}
	if random.IntN(2) == 0 {
		late = time.Duration(random.Int64N(int64(latest)))
	}
	time.Sleep(late + 5*time.Millisecond)
	if random.IntN(10) == 0 || time.Since(began) > lookback-time.Second/2 { // no transaction outlasts the look-back
		return 0, tx.Rollback()
	}
	return late, tx.Commit()
}
