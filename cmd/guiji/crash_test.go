package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// long tells whether the long form of a test was asked for: make crash.
func long() bool { return os.Getenv("GUIJI_LONG") != "" }

// kill -9 at random moments: the chain is whole whatever moment it was, and the next
// run lands what an undisturbed one would have, to the last byte.
func TestKilled(t *testing.T) {
	kills := 8
	if long() {
		kills = 100
	}
	server := mariadb.Start(t)
	d := newDesk(t, server, "killed")
	d.edit("guiji.yaml", "defaults: {", "defaults: {lease: 1s, ")
	d.grow(server, 1500)
	whole := min(d.good().took, d.good().took, d.good().took)
	want := d.landed()
	rng := rand.New(rand.NewPCG(11, 7))
	committed := 0
	for i := range kills {
		before := d.head().Version
		var out bytes.Buffer
		cmd := d.command("run")
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(whole))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // of a killed process
		head := d.head()
		if head.Version > before {
			committed++
		}
		if head.Version > before+1 {
			t.Fatalf("kill %d: release %d after %d", i, head.Version, before)
		}
		if now := d.landed(); now != want {
			t.Fatalf("kill %d: another content:\n%s\nwant\n%s", i, now, want)
		}
		if e := d.guiji("verify"); e.code != 0 {
			t.Fatalf("kill %d: verify: exit code %d\n%s", i, e.code, e.all())
		}
		for end := time.Now().Add(5 * time.Second); d.alive() && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		}
		d.good()
		if d.head().Version != head.Version+1 || d.landed() != want {
			t.Fatalf("kill %d: the next run made release %d after %d, with\n%s", i, d.head().Version, head.Version, d.landed())
		}
		d.tidy() // what the killed run left in scratch is gone too
	}
	t.Logf("%d kills within %s, %d of them after the commit", kills, whole.Round(time.Millisecond), committed)
	if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[1503]]" {
		t.Errorf("rows %v", got)
	}
}

// SIGTERM at random moments: the run ends within 10 s, as interrupted or as done, with its
// record written and nothing held or left.
func TestTerminatedAnywhere(t *testing.T) {
	signals := 8
	if long() {
		signals = 60
	}
	server := mariadb.Start(t)
	d := newDesk(t, server, "signalled")
	d.grow(server, 1500)
	whole := min(d.good().took, d.good().took, d.good().took)
	want := d.landed()
	rng := rand.New(rand.NewPCG(3, 5))
	ends := map[int]int{}
	for i := range signals {
		before, runs := d.head().Version, len(d.objects("runs/"))
		var out bytes.Buffer
		cmd := d.command("run", "--lang", "en")
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pause := whole/5 + time.Duration(rng.Int64N(int64(whole))) // not before the program listens
		time.Sleep(pause)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		began := time.Now()
		_ = cmd.Wait() // its code is looked at
		code := cmd.ProcessState.ExitCode()
		ends[code]++
		if code != 130 && code != 0 || time.Since(began) > 10*time.Second {
			t.Fatalf("signal %d after %s: exit code %d after %s\n%s", i, pause, code, time.Since(began), out.String())
		}
		d.tidy()
		if d.landed() != want {
			t.Fatalf("signal %d: another content", i)
		}
		if len(d.objects("runs/")) == runs { // it had not begun: nothing to tell
			continue
		}
		rec := d.last()
		switch landed := d.head().Version > before; {
		case code == 130 && rec.Kind != "interrupted", landed != (rec.Release > 0), code == 0 && rec.Outcome != lake.RunOK:
			t.Errorf("signal %d: exit code %d, release %v; the record says %s, %s, release %d", i, code, landed, rec.Outcome, rec.Kind, rec.Release)
		}
	}
	t.Logf("%d signals within %s: %v", signals, whole.Round(time.Millisecond), ends)
	if e := d.guiji("verify"); e.code != 0 {
		t.Errorf("verify: exit code %d\n%s", e.code, e.all())
	}
}

// landed is the content of all datasets whose bytes follow from the source's.
func (d *desk) landed() string {
	d.Helper()
	var b strings.Builder
	for _, name := range []string{"standard/gongan/resident", "standard/gongan/house", "entity/person", "entity/person/crosswalk",
		"quality/gongan/resident/metrics", "quality/gongan/resident/failures", "quality/gongan/resident/quarantine"} {
		fmt.Fprintln(&b, name, d.content(name))
	}
	return b.String()
}

// A million rows that all fail: memory stays flat, the gate shuts, and the report and
// the work list are there nevertheless.
func TestAllRowsBad(t *testing.T) {
	rows := 100_000
	if long() {
		rows = 1_000_000
	}
	server := mariadb.Start(t)
	d := newDesk(t, server, "allbad")
	d.good()
	was := d.content("standard/gongan/resident")
	server.Exec(t, "TRUNCATE allbad.t_person", "ALTER TABLE allbad.t_person ADD PRIMARY KEY (id), MODIFY nl varchar(20)",
		fmt.Sprintf("INSERT INTO allbad.t_person SELECT seq, 'x', NULL, '很多' FROM allbad.seq_1_to_%d", rows))
	cmd := d.command("run", "--lang", "zh")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := peakOf(cmd.Process.Pid)
	_ = cmd.Wait() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Fatalf("exit code %d, want 3: %s", code, out.String())
	}
	most := <-peak
	t.Logf("%d bad rows in %s, %d MB at most", rows, time.Since(began).Round(100*time.Millisecond), most>>20)
	if most > 1000<<20 {
		t.Errorf("%d MB at most", most>>20)
	}
	d.tidy()
	if now := d.content("standard/gongan/resident"); fmt.Sprint(now) != fmt.Sprint(was) {
		t.Error("the last good data did not stay")
	}
	c := d.last().Resources["gongan/resident"].Resource
	if c.Read != int64(rows) || c.ErrorRows != int64(rows) {
		t.Errorf("read %d, with errors %d", c.Read, c.ErrorRows)
	}
	if n := len(d.pages()); n < 2 {
		t.Errorf("%d pages", n)
	}
	if files := d.workLists(); len(files) == 0 {
		t.Error("there is no work list")
	}
}

// peakOf samples a process's resident memory until it ends, and tells its most.
func peakOf(pid int) <-chan int64 {
	most := make(chan int64, 1)
	go func() {
		var peak int64
		for ; ; time.Sleep(20 * time.Millisecond) {
			b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
			_, line, ok := strings.Cut(string(b), "VmHWM:")
			if err != nil || !ok {
				most <- peak
				return
			}
			n, _ := strconv.ParseInt(strings.Fields(line)[0], 10, 64)
			peak = max(peak, n<<10)
		}
	}()
	return most
}
