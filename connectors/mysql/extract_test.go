package mysql_test

import (
	"context"
	"testing"

	"guiji/connectors"
	"guiji/internal/arrowpool"
)

// BenchmarkExtract reads persons of 12 columns into Arrow; bench/ holds it against the wire.
func BenchmarkExtract(b *testing.B) {
	const rows = 300_000
	l := start(b, "--innodb-buffer-pool-size=512M")
	l.Exec(b, `CREATE TABLE d.person (id bigint NOT NULL PRIMARY KEY, sfzh char(18), xm varchar(50), xb char(1), csrq date, mz char(2), hjdz varchar(200),
		lxdh varchar(20), nsr decimal(12,2), zt tinyint, cjsj datetime, gxsj datetime) CHARACTER SET utf8mb4`,
		`INSERT INTO d.person SELECT seq, LPAD(seq, 18, '3'), '王建国', seq % 2, '1980-05-06', '01', '山东省聊城市东昌府区古楼街道东昌东路105号院7号楼2单元1502室',
		LPAD(seq, 11, '1'), seq / 7, seq % 5, '2020-01-02 03:04:05', '2026-01-02 03:04:05' FROM d.seq_1_to_`+itoa(rows))
	src := l.open(b, arrowpool.New(64<<20))
	columns := []string{"id", "sfzh", "xm", "xb", "csrq", "mz", "hjdz", "lxdh", "nsr", "zt", "cjsj", "gxsj"}
	b.ResetTimer()
	for b.Loop() {
		snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "person", Columns: columns, BatchRows: 8192})
		if err != nil {
			b.Fatal(err)
		}
		sink := &tally{}
		if err := snap.Read(context.Background(), snap.Parts()[0], sink); err != nil || sink.rows != rows {
			b.Fatal(sink.rows, err)
		}
		snap.Close()
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
