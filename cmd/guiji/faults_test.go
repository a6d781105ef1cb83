package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/proof"
	"guiji/lake"
)

// injected is one fault, and what is to come of it.
type injected struct {
	name, happened string
	test           func(*desk, *mariadb.Server)
}

// inject has each fault happen to a project of its own; whatever it is, the store is
// whole afterwards.
func inject(t *testing.T, prefix string, faults []injected) {
	server := mariadb.Shared(t)
	for i, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server, fmt.Sprintf("%s%d", prefix, i))
			c.test(d, server)
			if e := d.guiji("verify"); e.code != 0 {
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
			proof.Fault(t, c.name, c.happened)
		})
	}
}

// Faults of sources and of runs themselves leave the last release as it is.
func TestSourceFaults(t *testing.T) {
	t.Parallel()
	inject(t, "fault", []injected{
		{"source down", "exit 4 at once, no release, cursor unchanged", sourceDown},
		{"connection reset once", "read again from the start, landed", cutOnce},
		{"connection reset each time", "exit 4 after bounded tries, the resource stays as it was, the others land", cutAlways},
		{"slow source", "ended at the pipeline's deadline, exit 4, the resource and its cursor stay as they were", trickle},
		{"DDL mid-run", "the change waits for the read to end, nothing is torn, the next run opens a catalogue task", ddlMidRun},
		{"KILL on the server", "exit 4 after bounded tries, the resource stays as it was", killedQuery},
		{"deadlock", "read again, landed", deadlock},
		{"bad dates and encodings", "every row is accounted for: landed, or kept aside with its reason", badValues},
		{"memory limit", "finished or failed cleanly, the last release intact", littleMemory},
		{"SIGTERM", "exit 130 within 10 s, lease given back, no statement left on the server", terminated},
		{"two schedulers", "the second is refused with exit 11 and names the first", twoRuns},
		{"store and source at once", "both are told, exit 4", twoTroubles},
	})
}

func cutOnce(d *desk, s *mariadb.Server) {
	d.grow(s, 4000)
	w := newWire(d.T, s.Address)
	d.edit("guiji.yaml", s.Address, w.Addr().String())
	d.good()
	before := d.content("standard/gongan/resident")
	w.cuts.Store(1)
	w.limit.Store(1 << 20)
	e := d.good()
	if w.cuts.Load() > 0 || !strings.Contains(e.errs, "pull failed") {
		d.Errorf("nothing was cut: %s", e.errs)
	}
	if !slices.Equal(before, d.content("standard/gongan/resident")) {
		d.Error("the second try read something else")
	}
	d.tidy()
}

func cutAlways(d *desk, s *mariadb.Server) {
	d.grow(s, 4000)
	w := newWire(d.T, s.Address)
	d.edit("guiji.yaml", s.Address, w.Addr().String())
	d.good()
	head := d.head()
	w.cuts.Store(1 << 30)
	w.limit.Store(1 << 20)
	for lang, wants := range map[string][]string{"en": {"t_person", "the connection broke", "check address"}, "zh": {"t_person", "连接中断", "请检查 address"}} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 4 || e.took > 30*time.Second {
			d.Errorf("exit code %d after %s", e.code, e.took)
		}
		d.contains("guiji run", e.out, wants...)
		d.untouched(trouble{partial: true}, head)
		d.tidy()
		head = d.head()
	}
}

func terminated(d *desk, s *mariadb.Server) {
	d.grow(s, 20_000) // more than the buffers between server and program hold
	d.good()
	head := d.head()
	d.slow(256)
	r := d.launch(s)
	began := time.Now()
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		d.Fatal(err)
	}
	if code := r.finish(); code != 130 || time.Since(began) > 10*time.Second {
		d.Errorf("exit code %d after %s", code, time.Since(began))
	}
	d.contains("guiji run", r.out.String(), "interrupted")
	if n := d.reading(s); n > 0 {
		d.Errorf("%d statements still run on the server", n)
	}
	d.tidy()
	if rec := d.last(); rec.Outcome != lake.RunFailed || rec.Kind != "interrupted" || rec.Reason == "" {
		d.Errorf("the record says %s, %s, %q", rec.Outcome, rec.Kind, rec.Reason)
	}
	if d.head().Version != head.Version {
		d.Errorf("release %d was made", d.head().Version)
	}
}

func twoRuns(d *desk, s *mariadb.Server) {
	d.grow(s, 20_000)
	d.slow(8192)
	r := d.launch(s)
	for lang, wants := range map[string][]string{"en": {"nightly", "is run by", "wait for it"}, "zh": {"nightly", "正由", "请等待"}} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 11 {
			d.Errorf("exit code %d, want 11", e.code)
		}
		d.contains("guiji run", e.errs, wants...)
	}
	if code := r.finish(); code != 0 {
		d.Errorf("the first run ends with %d: %s", code, r.out.String())
	}
	if d.head().Version != 1 {
		d.Errorf("release %d", d.head().Version)
	}
	d.tidy()
}

func killedQuery(d *desk, s *mariadb.Server) {
	d.grow(s, 20_000)
	d.good()
	head := d.head()
	d.slow(4096)
	r := d.launch(s)
	for d.alive() {
		var id int64
		err := s.DB().QueryRow("SELECT id FROM information_schema.processlist WHERE user = ? AND info LIKE '%t\\_person%' AND info NOT LIKE '%information_schema%' LIMIT 1", d.database).Scan(&id)
		if err == nil { // it may have ended meanwhile
			_, _ = s.DB().Exec(fmt.Sprintf("KILL QUERY %d", id))
		}
		time.Sleep(20 * time.Millisecond)
	}
	if code := r.finish(); code != 4 {
		d.Errorf("exit code %d, want 4", code)
	}
	d.contains("guiji run", r.out.String(), "t_person", "ended the query")
	d.untouched(trouble{partial: true}, head)
	d.tidy()
}

// The run tells of both, and ends with the worse.
func twoTroubles(d *desk, s *mariadb.Server) {
	d.grow(s, 20_000)
	s.Exec(d, "DROP TABLE "+d.database+".t_house")
	d.slow(8192)
	r := d.launch(s)
	store := filepath.Join(d.dir, "lake", "data")
	if err := os.WriteFile(store, []byte("a file in the folder's place"), 0o600); err != nil {
		d.Fatal(err)
	}
	if code := r.finish(); code != 4 {
		d.Errorf("exit code %d, want 4", code)
	}
	d.contains("guiji run", r.out.String(), "t_house", "there is no such table", "the store's folder")
	if err := os.Remove(store); err != nil {
		d.Fatal(err)
	}
	d.tidy()
}
