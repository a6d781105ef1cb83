package pipelines_test

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

const (
	killedProject = "GUIJI_TEST_KILLED" // the project in which a process of this test kills itself
	manyRows      = 20_000
)

// loadMany fills hukou.t_person with so many rows that it is read in parts; some of them
// are quarantined, and some fail a check.
func loadMany(t *testing.T, server *mariadb.Server) {
	t.Helper()
	loadResidents(t, server)
	server.Exec(t, "INSERT INTO hukou.t_person SELECT seq, CONCAT('x', seq), IF(seq % 7 = 0, NULL, '张三'), '1', IF(seq % 1000 = 1, 'unknown', '1990-01-01'), '2026-01-01' FROM hukou.seq_100_to_20093")
}

// die runs the pipeline of a project in a process of its own that is killed with -9
// when so many parts are finished; with GUIJI_TEST_POINT, at so many passages of that point.
func die(t *testing.T, p *testProject, parts string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killedProject+"="+p.dir, "GUIJI_TEST_PARTS="+parts)
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("it was to be killed: %v\n%s", err, out)
	}
}

// dying is the other side of die: it never returns in such a process.
func dying(t *testing.T) {
	dir := os.Getenv(killedProject)
	if dir == "" {
		return
	}
	p := reopened(t, dir)
	var passed atomic.Int64
	p.at = func(point string) {
		if point == cmp.Or(os.Getenv("GUIJI_TEST_POINT"), "pull.part") && passed.Add(1) == int64(os.Getenv("GUIJI_TEST_PARTS")[0]-'0') {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	_, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	t.Fatalf("it was to be killed: %v", err)
}

// resumable is a project whose source is read in four parts.
func resumable(t *testing.T, server *mariadb.Server) *testProject {
	t.Helper()
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "pipelines:", "defaults: {parts: 4, lease: 1s}\npipelines:")
	p.edit(t, "guiji.yaml", "90%", "100%")
	p.edit(t, "catalog/gongan/resident.yaml", "type: D,", "type: D, unfit: row,")
	p.scratch = filepath.Join(p.dir, "scratch")
	if err := os.Mkdir(p.scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

// taken runs the pipeline and tells how many rows came from the source, and how many
// parts from an earlier run.
func (p *testProject) taken(t *testing.T) (rows int64, parts int) {
	t.Helper()
	var n atomic.Int64
	p.gave = func(rows int64) { n.Add(rows) }
	time.Sleep(1100 * time.Millisecond) // the lease of a killed process
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || rec.Outcome != lake.RunOK {
		t.Fatalf("run: %+v, %v", rec, err)
	}
	return n.Load(), rec.Resources["gongan/resident"].Resumed
}

// alike compares what two projects landed, byte by byte.
func alike(t *testing.T, a, b *testProject) {
	t.Helper()
	x, y := a.release(t), b.release(t)
	for name, d := range x.Datasets {
		if strings.HasPrefix(name, "raw/") || strings.HasSuffix(name, "/orders") {
			continue // equal in content, not in the order of its files' writing; orders say when they were opened
		}
		if len(y.Datasets[name].Files) != len(d.Files) || len(d.Files) > 0 && d.Files[0].SHA256 != y.Datasets[name].Files[0].SHA256 {
			t.Errorf("%s differs", name)
		}
	}
	r, s := x.Resources["gongan/resident"], y.Resources["gongan/resident"]
	if s.Quarantined == 0 || r.Read != s.Read || r.Landed != s.Landed || r.Quarantined != s.Quarantined || r.ErrorRows != s.ErrorRows {
		t.Errorf("counts %+v and %+v", r, s)
	}
}

// A run that was killed has left its finished parts to the next, which reads only the
// others and lands what an undisturbed one does, to the byte.
func TestResumed(t *testing.T) {
	dying(t)
	t.Parallel()
	server := mariadb.Start(t, mariadb.WithArgs("--log-bin"))
	loadMany(t, server)
	whole := resumable(t, server)
	if rows, parts := whole.taken(t); rows != manyRows || parts != 0 {
		t.Fatalf("an undisturbed run read %d rows and took up %d parts", rows, parts)
	}
	p := resumable(t, server)
	die(t, p, "2")
	rows, parts := p.taken(t)
	if parts < 2 || rows >= manyRows*(5-int64(parts))/4 || rows > manyRows*6/10 {
		t.Errorf("it took up %d parts and read %d rows again", parts, rows)
	}
	alike(t, p, whole)

	// In the moment of the killed run's snapshot alone: a write ends it.
	die(t, p, "2")
	server.Exec(t, "UPDATE hukou.t_person SET xm = '李四' WHERE id = 20000")
	if rows, parts := p.taken(t); rows != manyRows || parts != 0 {
		t.Errorf("after a write it took up %d parts and read %d rows", parts, rows)
	}
	// And under the same rules alone.
	die(t, p, "2")
	p.edit(t, "catalog/gongan/resident.yaml", "{min: 2, max: 50}", "{min: 3, max: 50}")
	if rows, parts := p.taken(t); rows != manyRows || parts != 0 {
		t.Errorf("under other rules it took up %d parts and read %d rows", parts, rows)
	}
}

// Rubbish among what a killed run left is read again, and nothing but it.
func TestResumeRubbish(t *testing.T) {
	dying(t)
	t.Parallel()
	server := mariadb.Start(t, mariadb.WithArgs("--log-bin"))
	loadMany(t, server)
	whole := resumable(t, server)
	whole.taken(t)
	for _, harm := range []func(manifest string) error{
		func(m string) error { return os.WriteFile(m, []byte(`{"form":"guiji-part-2","files":`), 0o600) },
		func(m string) error { return os.WriteFile(m, []byte(`{"form":"guiji-part-0"}`), 0o600) },
		func(m string) error { return os.Truncate(filepath.Join(filepath.Dir(m), "00.parquet"), 100) },
		func(m string) error { return os.Remove(filepath.Join(filepath.Dir(m), "unreadable.parquet")) },
	} {
		p := resumable(t, server)
		die(t, p, "3")
		left, err := filepath.Glob(filepath.Join(p.scratch, "guiji-resume-*", "gongan__resident", "*", "part.json"))
		left = slices.DeleteFunc(left, func(m string) bool { return strings.Contains(m, "/tmp-") }) // was not finished
		if err != nil || len(left) < 3 {
			t.Fatalf("left are %v, %v", left, err)
		}
		if err := harm(left[0]); err != nil {
			t.Fatal(err)
		}
		if _, parts := p.taken(t); parts != len(left)-1 {
			t.Errorf("of %d parts %d were taken up, one is rubbish", len(left), parts)
		}
		alike(t, p, whole)
	}
}

// What nobody has taken up for a day goes with the next run, whichever pipeline's it is;
// what is younger, or held, stays.
func TestResumeSwept(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.scratch = filepath.Join(p.dir, "scratch")
	old := filepath.Join(p.scratch, "guiji-resume-00000000-other", "gongan__resident", "x")
	young := filepath.Join(p.scratch, "guiji-resume-11111111-other")
	for _, folder := range []string{old, young} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	for folder := old; folder != p.scratch; folder = filepath.Dir(folder) {
		if err := os.Chtimes(folder, yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
	}
	p.at = func(point string) {
		if point == "pull.done" {
			if _, err := os.Stat(young); err != nil {
				t.Errorf("the young one: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(p.scratch, "guiji-resume-0*")); len(left) > 0 {
				t.Errorf("left are %v", left)
			}
			_ = os.Remove(young) // a run is to leave nothing here
		}
	}
	p.good(t, 1)
}
