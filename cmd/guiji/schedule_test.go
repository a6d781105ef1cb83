package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// watched is a daemon under way.
type watched struct {
	cmd *exec.Cmd
	out *bytes.Buffer
}

// daemon starts guiji schedule run.
func (d *desk) daemon() *watched {
	d.Helper()
	w := &watched{cmd: d.command("schedule", "run", "--lang", "en"), out: &bytes.Buffer{}}
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	if err := w.cmd.Start(); err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = w.cmd.Process.Kill() }) // it has ended, or a test failed
	return w
}

// stop ends a daemon by SIGTERM, which takes less than 10 s and is no failure.
func (d *desk) stop(w *watched) {
	d.Helper()
	began := time.Now()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.Fatal(err)
	}
	_ = w.cmd.Wait() // its code is looked at
	if code := w.cmd.ProcessState.ExitCode(); code != 0 || time.Since(began) > 10*time.Second {
		d.Errorf("the daemon ended with %d after %s\n%s", code, time.Since(began), w.out.String())
	}
}

// overdue makes the pipeline's last slot one that no daemon was there for.
func (d *desk) overdue() {
	d.Helper()
	since := time.Now().Add(-40 * time.Hour).Format(time.RFC3339)
	body := fmt.Sprintf(`{"since": %q, "entries": [], "nonce": "x"}`, since)
	_, err := d.store().Put(d.Context(), "schedule/nightly.json", strings.NewReader(body), int64(len(body)), lake.Condition{})
	if err != nil {
		d.Fatal(err)
	}
}

// until waits for something that daemons do.
func (d *desk) until(what string, done func() bool) {
	d.Helper()
	for end := time.Now().Add(60 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			d.Fatalf("%s did not happen", what)
		}
	}
}

const hourly = `nightly: {cron: "0 */12 * * *", `

// Eight daemons of the real program on one store: the slot that was missed is made up
// for once, and all of them stop when they are told to.
func TestDaemonsRunASlotOnce(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "daemons")
	d.edit("guiji.yaml", "nightly: {", hourly)
	d.overdue()
	var all []*watched
	for range 8 {
		all = append(all, d.daemon())
	}
	d.until("the slot", func() bool { return d.head() != nil && len(d.objects("runs/")) > 0 })
	time.Sleep(500 * time.Millisecond) // the others have looked
	for _, w := range all {
		d.stop(w)
	}
	began := 0
	for _, w := range all {
		began += strings.Count(w.out.String(), "slot begins")
	}
	if began != 1 || d.head().Version != 1 || len(d.objects("runs/")) != 1 {
		t.Errorf("%d begun, release %d, %d runs", began, d.head().Version, len(d.objects("runs/")))
	}
	if e := d.guiji("schedule", "list", "--lang", "en"); e.code != 0 || !strings.Contains(e.out, "ok") || !strings.Contains(e.out, "missed") {
		t.Errorf("list: %d\n%s", e.code, e.all())
	}
	if e := d.guiji("status", "--lang", "zh"); e.code != 0 || !strings.Contains(e.out, "最近批次") {
		t.Errorf("status: %d\n%s", e.code, e.all())
	}
}

// A daemon killed in a run is taken over by another: the slot lands, once. One that is
// stopped in a run gives its lease back, and the other goes on at once.
func TestDaemonTakenOver(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mariadb.Shared(t)
			d := newDesk(t, server, name)
			d.edit("guiji.yaml", "nightly: {", hourly)
			d.edit("guiji.yaml", "defaults: {", "schedule: {gc: off, retry: 2s}\ndefaults: {lease: 1s, ")
			d.grow(server, 8000)
			d.slow(4000)
			d.overdue()
			first := d.daemon()
			d.until("the first run", func() bool { return len(d.objects("lease/")) > 0 })
			second := d.daemon()
			if err := first.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = first.cmd.Wait() // killed, or stopped
			d.until("the release", func() bool { return d.head() != nil })
			d.until("its record", func() bool {
				for _, b := range d.objects("runs/") {
					if strings.Contains(b, `"outcome":"ok"`) {
						return true
					}
				}
				return false
			})
			d.stop(second)
			if d.head().Version != 1 {
				t.Errorf("release %d", d.head().Version)
			}
			if d.alive() || first.cmd.ProcessState.ExitCode() > 0 {
				t.Errorf("a lease is held, or the first daemon ended with %d\n%s", first.cmd.ProcessState.ExitCode(), first.out.String())
			}
		})
	}
}

// A project that breaks a rule fails its slots, with a record, and not the daemon: when
// it is mended, they run.
func TestDaemonOutlivesABrokenProject(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "broken")
	d.edit("guiji.yaml", "nightly: {", hourly)
	d.edit("guiji.yaml", "defaults: {", "schedule: {gc: off, retry: 1s, tries: 100}\ndefaults: {")
	w := d.daemon() // nothing is due
	d.until("its journal", func() bool { return len(d.objects("schedule/")) > 0 })
	path := filepath.Join(d.dir, "catalog/gongan/house.yaml")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d.edit("catalog/gongan/house.yaml", "update_cycle", "update_zyklus")
	d.overdue()
	d.until("a failed run", func() bool { return len(d.objects("runs/")) > 0 })
	if rec := d.last(); rec.Outcome != lake.RunFailed || rec.Kind != "config" || !strings.Contains(rec.Reason, "catalog/gongan/house.yaml:") || !strings.HasPrefix(rec.Slot, "nightly@") {
		t.Errorf("the record says %+v", rec)
	}
	d.write("catalog/gongan/house.yaml", string(whole))
	d.until("the release", func() bool { return d.head() != nil })
	d.stop(w)
}

// A project without a schedule is refused, and so is a daemon's project that breaks a
// rule when it starts.
func TestDaemonRefused(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "refused")
	if e := d.guiji("schedule", "run", "--lang", "en"); e.code != 2 || !strings.Contains(e.all(), "cron") {
		t.Errorf("without cron: %d\n%s", e.code, e.all())
	}
	d.edit("guiji.yaml", "nightly: {", `nightly: {cron: "0 22 30 2 *", `)
	if e := d.guiji("schedule", "run", "--lang", "en"); e.code != 2 || !strings.Contains(e.all(), "never comes") || !strings.Contains(e.all(), "guiji.yaml:") {
		t.Errorf("30 February: %d\n%s", e.code, e.all())
	}
	if e := d.guiji("schedule", "list", "--days", "0"); e.code != 2 {
		t.Errorf("no days: %d\n%s", e.code, e.all())
	}
}
