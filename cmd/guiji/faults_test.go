package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// wire forwards to a server. It can cut every connection after so many bytes of
// answers, a number of times.
type wire struct {
	net.Listener
	limit atomic.Int64 // bytes of one connection's answers; 0: all
	cuts  atomic.Int64 // how many connections are cut yet
	done  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// gone closes the port and every connection, as when a server is killed.
func (w *wire) gone() {
	w.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l}
	w.done.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			w.done.Go(func() { w.carry(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		w.done.Wait()
	})
	return w
}

// carry joins one client with the server until either ends, or the limit is met.
func (w *wire) carry(client net.Conn, server string) {
	defer client.Close()
	w.mu.Lock()
	w.conns = append(w.conns, client)
	w.mu.Unlock()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	w.done.Go(func() {
		_, _ = io.Copy(up, client) // ends with either side
		up.Close()
	})
	buf, n := make([]byte, 16<<10), int64(0)
	for {
		k, err := up.Read(buf)
		if n += int64(k); err != nil {
			return
		}
		if limit := w.limit.Load(); limit > 0 && n > limit && w.cuts.Add(-1) >= 0 {
			return
		}
		if _, err := client.Write(buf[:k]); err != nil {
			return
		}
	}
}

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
	for end := time.Now().Add(20 * time.Second); d.reading(s) == 0; time.Sleep(20 * time.Millisecond) {
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

// What breaks while a run is under way leaves the last release as it is.
func TestFaults(t *testing.T) {
	server := mariadb.Start(t)
	for i, c := range []struct {
		name string
		test func(*desk, *mariadb.Server)
	}{
		{"connection cut once", cutOnce},
		{"connection cut each time", cutAlways},
		{"SIGTERM", terminated},
		{"two runs at once", twoRuns},
		{"query killed on the server", killedQuery},
		{"a file in the serving folder's place", servingInTheWay},
		{"folders that are read-only", readOnly},
		{"disk full in scratch", scratchFull},
		{"disk full in the store", storeFull},
		{"scratch folder that is not there", noScratch},
		{"report folder that cannot be", noReports},
		{"state folder that cannot be", noState},
		{"store and source in trouble at once", twoTroubles},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server, fmt.Sprintf("fault%d", i))
			c.test(d, server)
			if e := d.guiji("verify"); e.code != 0 {
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
		})
	}
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

// servingInTheWay: a file stands where the serving folder should be.
func servingInTheWay(d *desk, _ *mariadb.Server) {
	d.good()
	if err := os.RemoveAll(filepath.Join(d.dir, "serving")); err != nil {
		d.Fatal(err)
	}
	d.write("serving", "a file in the folder's place")
	head := d.head()
	for lang, want := range map[string]string{"en": "a file stands in its way", "zh": "该处已有文件"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.all(), filepath.Join(d.dir, "serving"), want)
	}
	if err := os.Remove(filepath.Join(d.dir, "serving")); err != nil {
		d.Fatal(err)
	}
	if d.head().Version != head.Version {
		d.Errorf("release %d", d.head().Version)
	}
	d.tidy()
}

// seal makes a folder read-only: by a mount where this account may, as rights say
// nothing to root, else by its mode. The answer opens it again.
func (d *desk) seal(folder string) func() {
	d.Helper()
	for _, args := range [][]string{{"--bind", folder, folder}, {"-o", "remount,ro,bind", folder}} {
		if os.Getuid() != 0 {
			break
		}
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			d.Fatalf("mount %v: %v %s", args, err, out)
		}
	}
	if err := os.Chmod(folder, 0o500); err != nil && os.Getuid() != 0 {
		d.Fatal(err)
	}
	return func() {
		if os.Getuid() == 0 {
			_ = exec.Command("umount", "-l", folder).Run()
		}
		_ = os.Chmod(folder, 0o700)
	}
}

// Folders the account may not write: each is named, before or after the commit alike.
func readOnly(d *desk, _ *mariadb.Server) {
	d.good()
	for _, c := range []struct {
		folder string
		code   int
		lands  bool
		en, zh string
	}{
		{filepath.Join(d.dir, "lake"), 5, false, "no right to read or write the store", "读写权限"},
		{filepath.Join(d.dir, "state"), 5, true, "no right to write the audit chain", "写入审计链"},
		{filepath.Join(d.dir, "serving"), 5, true, "no right to write the folder", "写入权限"},
		{filepath.Join(d.dir, "reports"), 2, true, "check that the folder is writable", "请确认该目录可写"},
		{d.scratch, 2, false, "set defaults.scratch in guiji.yaml", "defaults.scratch"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			head := d.head().Version
			open := d.seal(c.folder)
			e := d.guiji("run", "--lang", lang)
			open()
			if e.code != c.code {
				d.Errorf("%s: exit code %d, want %d", filepath.Base(c.folder), e.code, c.code)
			}
			d.contains("guiji run with "+filepath.Base(c.folder), e.all(), want, c.folder)
			if now := d.head().Version; (now > head) != c.lands {
				d.Errorf("%s: release %d after %d", filepath.Base(c.folder), now, head)
			}
			d.tidy()
		}
	}
	d.good()
}

// limited runs the program with a limit on the size of files, which is how a full disk looks.
func (d *desk) limited(bytes int, args ...string) ended {
	d.Helper()
	cmd := d.command(args...)
	cmd.Args = append([]string{"sh", "-c", `trap '' XFSZ; ulimit -f "$1"; shift; exec "$@"`, "sh", fmt.Sprint(bytes / 512), "guiji"}, cmd.Args[1:]...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		d.Fatal(err)
	}
	cmd.Path = sh
	return d.wait(cmd)
}

func scratchFull(d *desk, s *mariadb.Server) {
	d.full(s, d.scratch)
}

func storeFull(d *desk, s *mariadb.Server) {
	d.full(s, filepath.Join(d.dir, "lake"))
}

// full mounts a small file system where a folder is; without the right to, it
// limits the size of files for the whole program instead.
func (d *desk) full(s *mariadb.Server, folder string) {
	d.grow(s, 3000)
	s.Exec(d, "UPDATE "+d.database+".t_person SET fill = (SELECT GROUP_CONCAT(SHA2(CONCAT(id, '-', seq), 512) SEPARATOR '') FROM "+d.database+".seq_1_to_7)")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		d.Fatal(err)
	}
	mounted := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", folder).Run() == nil
	run := func(lang string) ended { return d.limited(1<<20, "run", "--lang", lang) }
	if mounted {
		d.Cleanup(func() { _ = exec.Command("umount", "-l", folder).Run() })
		run = func(lang string) ended { return d.guiji("run", "--lang", lang) }
	}
	for lang, wants := range map[string][]string{"en": {"full", "free some space"}, "zh": {"已满", "请释放磁盘空间"}} {
		e := run(lang)
		if e.code != 4 {
			d.Errorf("exit code %d, want 4 (mounted: %v)", e.code, mounted)
		}
		d.contains("guiji run", e.all(), wants...)
		if rel := d.head(); rel != nil && len(rel.Datasets["standard/gongan/resident"].Files) > 0 {
			d.Errorf("release %d was made", rel.Version)
		}
		d.tidy()
	}
	if mounted {
		if out, err := exec.Command("mount", "-o", "remount,size=200m", folder).CombinedOutput(); err != nil {
			d.Fatalf("remount: %v %s", err, out)
		}
	}
	d.good()
	d.tidy()
}

func noScratch(d *desk, _ *mariadb.Server) {
	d.good()
	if err := os.RemoveAll(d.scratch); err != nil {
		d.Fatal(err)
	}
	for lang, want := range map[string]string{"en": "set defaults.scratch in guiji.yaml", "zh": "defaults.scratch"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.all(), want, d.scratch)
	}
	if err := os.Mkdir(d.scratch, 0o700); err != nil {
		d.Fatal(err)
	}
	d.tidy()
}

// A release that landed is safe, yet the run must say that nobody was told of it.
func noReports(d *desk, s *mariadb.Server) {
	d.write("reports", "a file in the folder's place")
	for i, lang := range []string{"en", "zh"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.out, filepath.Join(d.dir, "reports"), []string{"check that the folder is writable", "请确认该目录可写"}[i])
		if rec := d.last(); rec.Outcome != lake.RunPartial || rec.Release != uint64(i+1) || rec.Reason == "" {
			d.Errorf("the record says %s, release %d, %q", rec.Outcome, rec.Release, rec.Reason)
		}
		d.tidy()
	}
	if err := os.Remove(filepath.Join(d.dir, "reports")); err != nil {
		d.Fatal(err)
	}
	if e := d.guiji("report"); e.code != 0 {
		d.Errorf("report: exit code %d: %s", e.code, e.all())
	}
}

// Without a place for the audit chain nothing lands.
func noState(d *desk, s *mariadb.Server) {
	d.write("state", "a file in the folder's place")
	for lang, want := range map[string]string{"en": "audit", "zh": "审计"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 && e.code != 5 {
			d.Errorf("exit code %d", e.code)
		}
		d.contains("guiji run", e.all(), want, filepath.Join(d.dir, "state"))
		if rel := d.head(); rel != nil {
			d.Errorf("release %d was made", rel.Version)
		}
		d.tidy()
	}
	if err := os.Remove(filepath.Join(d.dir, "state")); err != nil {
		d.Fatal(err)
	}
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
