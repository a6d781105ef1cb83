package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// incremental makes the residents of a grown desk come by a cursor.
func (d *desk) incremental(s *mariadb.Server) {
	d.Helper()
	s.Exec(d, "ALTER TABLE "+d.database+".t_person ADD updated datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), ADD INDEX (updated)")
	d.edit("catalog/gongan/resident.yaml", "key: [id]", "key: [id], cursor: updated, lookback: 1h")
}

// lasts checks that a resource and its cursor are what they were.
func (d *desk) lasts(before *lake.Release) {
	d.Helper()
	was, now := before.Resources["gongan/resident"], d.head().Resources["gongan/resident"]
	if was.Cursor != now.Cursor || was.Since != now.Since {
		d.Errorf("the cursor was %q since release %d, it is %q since %d", was.Cursor, was.Since, now.Cursor, now.Since)
	}
}

func sourceDown(d *desk, s *mariadb.Server) {
	d.grow(s, 100)
	d.incremental(s)
	d.good()
	head := d.head()
	d.edit("guiji.yaml", s.Address, closedPort(d))
	if e := d.guiji("run", "--lang", "en"); e.code != 4 || e.took > 30*time.Second {
		d.Errorf("exit code %d after %s", e.code, e.took)
	}
	if d.head().Version != head.Version {
		d.Errorf("release %d was made", d.head().Version)
	}
	d.lasts(head)
	d.tidy()
}

// trickle lets a source answer so slowly that a read would take minutes, though it is
// never silent for long.
func trickle(d *desk, s *mariadb.Server) {
	d.grow(s, 8000)
	d.incremental(s)
	w := newWire(d.T, s.Address)
	d.edit("guiji.yaml", s.Address, w.Addr().String())
	d.edit("guiji.yaml", `nightly: {`, `nightly: {deadline: 4s, `)
	d.good()
	head := d.head()
	s.Exec(d, "UPDATE "+d.database+".t_person SET nl = 31")
	w.pause.Store(int64(100 * time.Millisecond))
	e := d.guiji("run", "--lang", "en")
	if e.code != 4 || e.took > 20*time.Second {
		d.Errorf("exit code %d after %s", e.code, e.took)
	}
	d.contains("guiji run", e.all(), "deadline")
	d.lasts(head)
	d.tidy()
}

// ddlMidRun changes a table while it is read.
func ddlMidRun(d *desk, s *mariadb.Server) {
	d.grow(s, 12_000)
	d.good()
	before := d.content("standard/gongan/resident")
	d.slow(8192)
	r := d.launch(s)
	changed := make(chan error, 1)
	go func() {
		_, err := s.DB().Exec("ALTER TABLE " + d.database + ".t_person ADD zz int DEFAULT 7, ALGORITHM=COPY")
		changed <- err
	}()
	if code := r.finish(); code != 0 {
		d.Errorf("exit code %d: %s", code, r.out.String())
	}
	if err := <-changed; err != nil {
		d.Errorf("the change: %v", err)
	}
	if now := d.content("standard/gongan/resident"); fmt.Sprint(now) != fmt.Sprint(before) {
		d.Error("the same rows landed otherwise")
	}
	d.good()
	if tasks := d.head().Tasks; len(tasks) != 1 || tasks[0].Column != "zz" {
		d.Errorf("catalogue tasks: %d", len(tasks))
	}
	d.tidy()
}

// deadlock has the server end the reading statement as a deadlock's victim as long as
// somebody holds a lock.
func deadlock(d *desk, s *mariadb.Server) {
	conn, err := s.DB().Conn(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close()
	s.Exec(d, "GRANT EXECUTE ON "+d.database+".* TO "+d.database+"@'%'",
		"CREATE FUNCTION "+d.database+`.victim(name varchar(50)) RETURNS varchar(50) READS SQL DATA SQL SECURITY INVOKER
BEGIN IF IS_FREE_LOCK('`+d.database+`') = 0 THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF; RETURN name; END`,
		"RENAME TABLE "+d.database+".t_person TO "+d.database+".t_all",
		"CREATE VIEW "+d.database+".t_person AS SELECT id, sfzh, "+d.database+".victim(xm) AS xm, nl FROM "+d.database+".t_all")
	var got sql.NullInt64
	if err := conn.QueryRowContext(d.Context(), "SELECT GET_LOCK('"+d.database+"', 5)").Scan(&got); err != nil || got.Int64 != 1 {
		d.Fatalf("lock: %v, %v", got, err)
	}
	run := d.command("run", "--lang", "en")
	said := filepath.Join(d.TempDir(), "said")
	out, err := os.Create(said)
	if err != nil {
		d.Fatal(err)
	}
	defer out.Close()
	run.Stdout, run.Stderr = out, out
	if err := run.Start(); err != nil {
		d.Fatal(err)
	}
	text := func() string {
		b, err := os.ReadFile(said)
		if err != nil {
			d.Fatal(err)
		}
		return string(b)
	}
	d.until("the first try", func() bool { return strings.Contains(text(), "1213") })
	if err := conn.QueryRowContext(d.Context(), "SELECT RELEASE_LOCK('"+d.database+"')").Scan(&got); err != nil {
		d.Error(err)
	}
	_ = run.Wait() // its code is looked at
	if code := run.ProcessState.ExitCode(); code != 0 {
		d.Errorf("exit code %d\n%s", code, text())
	}
	d.contains("guiji run", text(), "1213")
	if n := d.head().Datasets["standard/gongan/resident"].Rows; n != 3 {
		d.Errorf("%d rows", n)
	}
	d.tidy()
}

// badValues are what no reader can take at its word: days that are not, bytes that are
// no text.
func badValues(d *desk, s *mariadb.Server) {
	s.Exec(d, "ALTER TABLE "+d.database+".t_person ADD PRIMARY KEY (id), ADD born date, MODIFY xm varbinary(50)")
	conn, err := s.DB().Conn(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	defer conn.Close()
	queries := []string{"SET SESSION sql_mode = 'ALLOW_INVALID_DATES'"}
	for i, row := range []string{"'张三', '1990-02-30'", "'李四', '0000-00-00'", "'王五', '2024-00-10'", "x'D5C5C8FD', '1990-01-01'", "x'FFFE00', '1990-01-01'", "'', NULL"} {
		queries = append(queries, fmt.Sprintf("INSERT INTO %s.t_person (id, sfzh, nl, xm, born) VALUES (%d, '371502199001010012', 30, %s)", d.database, 10+i, row))
	}
	for _, q := range queries {
		if _, err := conn.ExecContext(d.Context(), q); err != nil {
			d.Fatal(err)
		}
	}
	d.edit("catalog/gongan/resident.yaml", "  - {name: age", "  - {name: born, label: 出生日期, type: D}\n  - {name: age")
	if e := d.guiji("run", "--lang", "en"); e.code != 0 && e.code != 3 {
		d.Fatalf("exit code %d\n%s", e.code, e.all())
	}
	r := d.last().Resources["gongan/resident"].Resource
	if r.Read != 9 || r.Landed+r.Quarantined+r.Withheld+r.Duplicates != r.Read {
		d.Errorf("read %d, landed %d, quarantined %d, withheld %d, duplicates %d", r.Read, r.Landed, r.Quarantined, r.Withheld, r.Duplicates)
	}
	if r.Quarantined+r.FailedRows == 0 {
		d.Error("nothing was found wrong")
	}
	d.tidy()
}

// littleMemory gives the engine less than its work asks for.
func littleMemory(d *desk, s *mariadb.Server) {
	d.grow(s, 20_000)
	d.good()
	head := d.head()
	s.Exec(d, "UPDATE "+d.database+".t_person SET nl = 41")
	d.edit("guiji.yaml", "defaults: {", "defaults: {memory: 10MB, ")
	e := d.guiji("run", "--lang", "en")
	if e.code != 0 { // what ran out of it says so, and what it would have made stays as it was
		d.contains("guiji run", e.all(), "ran out of its memory limit", "raise defaults.memory")
		if now := d.head(); now.Version > head.Version+1 {
			d.Errorf("release %d after %d", now.Version, head.Version)
		}
	}
	d.Logf("a memory limit of 10 MB: exit code %d", e.code)
	d.tidy()
}
