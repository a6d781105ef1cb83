package mysql_test

import (
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/internal/fault"
)

// A killed connection takes none of the others with it: its part is read again in the same
// snapshot, and its place at the source is free. With the last one the snapshot is gone.
func TestSnapshotOutlivesASession(t *testing.T) {
	bothWays(t, start(t, "--log-bin"), func(t *testing.T, l lab) {
		l.Exec(t, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'")
		l.fill(t, 40_000, "")
		src := l.open(t, memory.DefaultAllocator, func(s *mysql.Settings) { s.MaxConnections = 3 })
		snap := snapshot(t, src, "t", 3, "id", "n")
		if l.sessions(t, 3) != 3 || len(snap.Parts()) != 3 {
			t.Fatal("not three connections for three parts")
		}
		l.Exec(t, "DELETE FROM d.t")
		for left := 2; left >= 0; left-- {
			l.killOne(t)
			if l.sessions(t, left) != left {
				t.Fatalf("not %d connections after a kill", left)
			}
			// One reading at the most finds the dead connection.
			var failed int
			for _, p := range snap.Parts() {
				sink := &tally{}
				err := snap.Read(context.Background(), p, sink)
				if fault.KindOf(err) == fault.Unreachable && failed == 0 && left > 0 {
					failed++
					sink = &tally{}
					err = snap.Read(context.Background(), p, sink)
				}
				if left == 0 {
					if fault.KindOf(err) != fault.Unreachable {
						t.Fatalf("without a connection: %v", err)
					}
					continue
				}
				if err != nil || sink.rows == 0 {
					t.Fatalf("part %s with %d connections: %d rows, %v", p.ID, left, sink.rows, err)
				}
			}
			if alive := snap.(connectors.Mortal).Alive(); alive != (left > 0) {
				t.Fatalf("alive %v with %d connections", alive, left)
			}
		}
		again := snapshot(t, src, "t", 3, "id") // the slots are free, though the snapshot is not closed
		again.Close()
	})
}

// killOne ends one connection of the reader's and sees it go.
func (l lab) killOne(t testing.TB) {
	t.Helper()
	var id, all int64
	if err := l.DB().QueryRow("SELECT MIN(ID), COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'reader'").Scan(&id, &all); err != nil {
		t.Fatal(err)
	}
	l.Exec(t, "KILL CONNECTION "+decimal(id))
	if int64(l.sessions(t, int(all)-1)) != all-1 {
		t.Fatal("a killed connection stays")
	}
}
