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
	miniotest "guiji/internal/testkit/minio"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/pipelines"
)

// long tells whether the long form of a test was asked for: make crash.
func long() bool { return proof.Long() }

// kill -9 at random moments and at every failpoint, on a local store and on MinIO, over
// a source that changes between runs: nothing is lost, doubled or seen in part, the
// cursor is never ahead of its data, and the next run lands what an undisturbed one
// would have, to the last byte.
func TestKilled(t *testing.T) {
	t.Parallel()
	server, store, program := mariadb.Shared(t), miniotest.Shared(t), built(t)
	wards, kills, persons, every := proof.Of(4, 2), proof.Of(125, 7), proof.Of(2000, 200), proof.Of(1, 7)
	var tally proof.Tally
	t.Run("wards", func(t *testing.T) {
		for i := range wards {
			t.Run(fmt.Sprintf("%s %d", []string{"local", "MinIO"}[i%2], i), func(t *testing.T) {
				t.Parallel()
				w := newWard(t, server, fmt.Sprintf("ward%d", i), persons, &tally)
				w.program = program
				if i%2 == 1 {
					w.onMinIO(store, store.Endpoint, fmt.Sprintf("ward%d", i))
					w.edit("guiji.yaml", "defaults: {", "defaults: {lease: "+wardLease.String()+", ")
				}
				w.settle()
				t.Logf("an undisturbed run takes %s", w.whole.Round(time.Millisecond))
				eye := w.watch()
				for j, point := range pipelines.Failpoints() {
					if proof.Long() || j%wards == i { // in the short form every other one on MinIO
						w.cycle("killed at "+point, point, j%every == 0)
						tally.Add("at_failpoints", 1)
					}
				}
				for j := range kills {
					w.cycle(fmt.Sprintf("kill %d", j), "", j%every == every-1)
				}
				looks, partial := eye.close()
				tally.Add("looks", looks)
				tally.Add("partial_reads", partial)
			})
		}
	})
	t.Run("erasures", func(t *testing.T) { killedErasures(t, server, program) })
	for _, name := range []string{"kills", "lost_rows", "doubled_rows", "partial_reads", "cursor_ahead", "bytes_differ"} {
		proof.Figure(t, name, tally.Of(name))
	}
	proof.Fault(t, "kill -9", "at every failpoint and anywhere, on both stores: nothing lost, doubled or seen in part; the next run lands")
	t.Logf("%d kills at failpoints, %d behind the commit, %d looks at the served data, %d runs compared with undisturbed ones",
		tally.Of("at_failpoints"), tally.Of("committed"), tally.Of("looks"), tally.Of("bytes_compared"))
}

// SIGTERM at random moments: the run ends within 10 s, as interrupted or as done, with its
// record written and nothing held or left.
func TestTerminatedAnywhere(t *testing.T) {
	t.Parallel()
	signals := proof.Of(60, 8)
	server := mariadb.Shared(t)
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
	t.Parallel()
	rows := proof.Of(1_000_000, 100_000)
	server := mariadb.Shared(t)
	d := newDesk(t, server, "allbad")
	d.good()
	was := d.content("standard/gongan/resident")
	d.edit("catalog/gongan/resident.yaml", "version: 1", "version: 2") // as its table is to be
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
