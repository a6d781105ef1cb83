package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// grow makes the residents n rows of about 1 kB.
func (d *desk) grow(s *mariadb.Server, n int) {
	d.Helper()
	s.Exec(d, "ALTER TABLE "+d.database+".t_person ADD PRIMARY KEY (id), ADD fill varchar(1000) DEFAULT ''",
		fmt.Sprintf("INSERT INTO %s.t_person SELECT seq, LPAD(seq, 18, '0'), CONCAT('人', seq), 30, REPEAT('x', 900) FROM %s.seq_100_to_%d", d.database, d.database, n+99))
	d.edit("catalog/gongan/resident.yaml", "  - {name: age", "  - {name: fill, type: C(1000)}\n  - {name: age")
}

// slow makes the connection read at most so many rows a second.
func (d *desk) slow(rows int) {
	d.Helper()
	d.edit("guiji.yaml", "connect_timeout: 3s", fmt.Sprintf("connect_timeout: 3s, max_rows_per_second: %d", rows))
}

// running is the program at work.
type running struct {
	*exec.Cmd
	out bytes.Buffer
}

// launch starts a run and returns when it reads the residents.
func (d *desk) launch(s *mariadb.Server) *running {
	d.Helper()
	r := &running{Cmd: d.command("run", "--lang", "en")}
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		d.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); d.reading(s) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			_ = r.Process.Kill()
			_ = r.Wait()
			d.Fatalf("the run does not read: %s", r.out.String())
		}
	}
	return r
}

// reading counts the statements on the server that read this desk's residents.
func (d *desk) reading(s *mariadb.Server) (n int) {
	d.Helper()
	err := s.DB().QueryRow("SELECT count(*) FROM information_schema.processlist WHERE user = ? AND info LIKE '%t\\_person%' AND info NOT LIKE '%information_schema%'", d.database).Scan(&n)
	if err != nil {
		d.Fatal(err)
	}
	return n
}

// alive tells whether the run goes on, by its lease.
func (d *desk) alive() bool {
	d.Helper()
	_, _, held, err := lake.Holder(d.Context(), d.store(), "nightly", time.Now())
	if err != nil {
		d.Fatal(err)
	}
	return held
}

// finish waits for the run.
func (r *running) finish() int {
	_ = r.Wait()
	return r.ProcessState.ExitCode()
}
