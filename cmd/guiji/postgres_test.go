package main

import (
	"fmt"
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
	pgtest "guiji/internal/testkit/postgres"
)

// A department whose system is PostgreSQL: from its tables to a query, by cursor too.
func TestPostgresDepartment(t *testing.T) {
	t.Parallel()
	d := newDesk(t, mariadb.Shared(t), "beside")
	pg := pgtest.Start(t)
	pg.Exec(t, "CREATE DATABASE hukou", "CREATE ROLE hukou LOGIN PASSWORD '"+password+"'", `\c hukou`,
		"CREATE TABLE t_person (id bigint PRIMARY KEY, sfzh varchar(40), xm text, nl int)", "CREATE TABLE t_house (id bigint PRIMARY KEY, dz text, gx timestamptz NOT NULL)", "CREATE INDEX ON t_house (gx)",
		"INSERT INTO t_person SELECT i, '371502199001010012', '张三', 30 FROM generate_series(1, 5000) i",
		"INSERT INTO t_house VALUES (1, '柳园南路1号', '2026-01-01 00:00:00+08'), (2, '柳园南路2号', '2026-01-02 00:00:00+08')",
		"GRANT SELECT ON t_person, t_house TO hukou")
	d.config("file://./lake", "", d.address)
	d.edit("guiji.yaml", fmt.Sprintf(`connector: mysql, address: "%s", database: beside, user: beside`, d.address), fmt.Sprintf(`connector: postgres, address: "%s", database: hukou, user: hukou`, pg.Address))
	d.write("drop/README", "nothing is delivered")
	house := strings.Replace(labHouse, "table: t_house, key: [id]", "table: t_house, key: [id], mode: incremental, cursor: updated_at", 1) +
		"  - {name: updated_at, label: 更新时间, column: gx, type: T}\n"
	d.entry("gongan/house", "107001/000013", "房屋信息", house)
	if e := d.guiji("doctor", "--lang", "zh"); e.code != 0 || !strings.Contains(e.out, "PostgreSQL") || !strings.Contains(e.out, "仅有只读权限") {
		t.Errorf("doctor: exit code %d\n%s", e.code, e.all())
	}
	d.good()
	pg.Exec(t, "INSERT INTO t_house VALUES (3, '柳园南路3号', '2026-01-03 00:00:00+08')", "UPDATE t_house SET dz = '柳园南路2号院', gx = '2026-01-03 00:00:00+08' WHERE id = 2")
	d.good()
	if got := fmt.Sprint(d.rows("SELECT count(*), max(id) FROM standard.gongan__resident")); got != "[[5000 5000]]" {
		t.Errorf("persons %s", got)
	}
	if got := fmt.Sprint(d.rows("SELECT id, address, updated_at::VARCHAR FROM standard.gongan__house ORDER BY id")); got != "[[1 柳园南路1号 2026-01-01 00:00:00] [2 柳园南路2号院 2026-01-03 00:00:00] [3 柳园南路3号 2026-01-03 00:00:00]]" {
		t.Errorf("houses %s", got)
	}
	if e := d.guiji("verify"); e.code != 0 {
		t.Error(e.all())
	}
}
