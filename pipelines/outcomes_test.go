package pipelines_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

// A run that is stopped with everything staged, past its lease, finds on waking that
// another run has landed: it commits nothing and says so.
func TestStoppedPastItsLease(t *testing.T) {
	if dir := os.Getenv(killedProject); dir != "" {
		p := reopened(t, dir)
		p.at = func(point string) {
			if point == "commit.before" {
				_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			}
		}
		rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
		fmt.Println("ended", fault.KindOf(err), rec.Outcome, rec.Release)
		return
	}
	t.Parallel()
	server := mariadb.Start(t)
	loadResidents(t, server)
	p := resumable(t, server)
	p.good(t, 1)
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killedProject+"="+p.dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	for {
		if _, err := syscall.Wait4(cmd.Process.Pid, &status, syscall.WUNTRACED, nil); err != syscall.EINTR {
			break
		}
	}
	if !status.Stopped() {
		t.Fatalf("it was to be stopped: %v", status)
	}
	time.Sleep(1100 * time.Millisecond) // its lease ends
	server.Exec(t, "UPDATE hukou.t_person SET xm = '王五五' WHERE id = 4")
	other := reopened(t, p.dir)
	other.scratch = "" // the stopped one's is in use
	other.good(t, 2)
	if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	var said string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "ended") {
			said = lines.Text()
		}
	}
	_ = cmd.Wait() // it ended by itself; what it said is looked at
	if said != "ended locked failed 0" {
		t.Errorf("it said %q", said)
	}
	if rel := p.release(t); rel.Version != 2 {
		t.Errorf("the head is release %d", rel.Version)
	}
	p.same(t, "standard/gongan/resident", "SELECT name FROM {} WHERE id = 4", [][]any{{"王五五"}})
}

// unconditional is a store that takes every put, as some S3 servers do in silence.
type unconditional struct{ lake.Objects }

func (u unconditional) Put(ctx context.Context, key string, body io.Reader, size int64, _ lake.Condition) (lake.Object, error) {
	return u.Objects.Put(ctx, key, body, size, lake.Condition{})
}

// A store that ignores conditions is refused before anything is read or written.
func TestStoreWithoutConditions(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.objs = unconditional{p.objs}
	p.opened = func(connectors.Source) connectors.Source { t.Error("a source was opened"); return nil }
	_, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "condition") {
		t.Errorf("it ended with %v", err)
	}
}

// A head that is truncated is named, and nothing is built on it or put over it.
func TestTruncatedHead(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.good(t, 1)
	path := filepath.Join(p.dir, "lake", "release", "v000000000001.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "release/v000000000001.json") || rec.Outcome != lake.RunFailed {
		t.Errorf("it ended with %v", err)
	}
	if r := rec.Resources["gongan/resident"]; r.Outcome != lake.RunFailed || r.Kind != "data" || r.Reason == "" {
		t.Errorf("the resource: %+v", r)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d releases", len(left))
	}
	if now, _ := os.ReadFile(path); len(now) != len(b)/2 {
		t.Error("the release was written over")
	}
}

// cut fails the first reading of one part behind its rows.
type cut struct {
	connectors.Source
	snapshots, reads atomic.Int64

	dead bool // the snapshot does not outlive it
}

type cutSnapshot struct {
	connectors.Snapshot
	of    *cut
	alive bool
}

func (c *cut) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	c.snapshots.Add(1)
	s, err := c.Source.Snapshot(ctx, req)
	return &cutSnapshot{s, c, true}, err
}

func (s *cutSnapshot) Alive() bool { return s.alive }

func (s *cutSnapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	n := s.of.reads.Add(1)
	if err := s.Snapshot.Read(ctx, part, sink); err != nil || n != 1 {
		return err
	}
	s.alive = !s.of.dead
	return fault.New(fault.Unreachable, "lake.notfound")
}

// A part that the source cuts is read again alone while its snapshot lives; without it
// the resource begins again. Either way each row lands once.
func TestPartReadAgain(t *testing.T) {
	t.Parallel()
	server := mariadb.Start(t)
	loadMany(t, server)
	for _, c := range []struct {
		dead      bool
		snapshots int64
	}{{false, 1}, {true, 2}} {
		p := resumable(t, server)
		source := &cut{dead: c.dead}
		p.opened = func(s connectors.Source) connectors.Source { source.Source = s; return source }
		rec := p.good(t, 1)
		if got := rec.Resources["gongan/resident"].Resource; got.Read != manyRows || got.Quarantined+got.Landed+got.Duplicates != manyRows {
			t.Errorf("read %d, landed %d", got.Read, got.Landed)
		}
		if n := source.snapshots.Load(); n != c.snapshots || !c.dead && source.reads.Load() != 5 {
			t.Errorf("snapshot gone %v: %d snapshots, %d readings of four parts", c.dead, n, source.reads.Load())
		}
	}
}

// A wall clock that jumps a year forward and back while a run goes on changes nothing
// but what it says the time is.
func TestClockJumps(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "pipelines:", "defaults: {lease: 1s}\npipelines:")
	var asked atomic.Int64
	p.now = func() time.Time {
		return time.Date(2026, 3, 4, 22, 0, 0, 0, time.UTC).AddDate(int(asked.Add(1)%3)-1, 0, 0)
	}
	for version := uint64(1); version < 4; version++ {
		rec := p.good(t, version)
		if took := rec.Ended.Sub(rec.Started); took < 0 || took > time.Minute {
			t.Errorf("it says that it took %s", took)
		}
	}
}

// A run that stood still for longer than orphans are kept names no file that was swept
// meanwhile.
func TestStoodStillWhileSwept(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	var late time.Duration
	p.now = func() time.Time { return time.Now().Add(late).In(time.UTC) }
	p.at = func(point string) {
		if point != "stage.all" {
			return
		}
		late = 400 * 24 * time.Hour
		for o, err := range p.objs.List(t.Context(), "data/standard/") {
			if err == nil {
				err = p.objs.Delete(t.Context(), o.Key)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); fault.KindOf(err) != fault.Unreachable || !strings.Contains(err.Error(), "stood still") {
		t.Errorf("%v", err)
	}
	p.at, late = nil, 0
	p.good(t, 1)
}

// A lease that another has taken ends the run, which says whose it is, of each resource
// as well; what the other wrote stays.
func TestLeaseTakenOver(t *testing.T) {
	t.Parallel()
	server := mariadb.Start(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "pipelines:", "defaults: {lease: 600ms}\npipelines:")
	theirs := fmt.Sprintf(`{"generation":9,"owner":"another/1","nonce":"n","expiry":%q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	p.at = func(point string) {
		if point != "pull.snapshot" {
			return
		}
		if _, err := p.objs.Put(t.Context(), "lease/nightly.json", strings.NewReader(theirs), int64(len(theirs)), lake.Condition{}); err != nil {
			t.Error(err)
		}
		time.Sleep(1500 * time.Millisecond) // two renewals
	}
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Locked || !strings.Contains(err.Error(), "another/1") || rec.Outcome != lake.RunFailed {
		t.Errorf("outcome %s, %v", rec.Outcome, err)
	}
	if r := rec.Resources["gongan/resident"]; r.Outcome != lake.RunFailed || r.Kind != "locked" || !strings.Contains(r.Reason, "another/1") {
		t.Errorf("the resource: %+v", r)
	}
	if owner, _, held, err := lake.Holder(t.Context(), p.objs, "nightly", time.Now()); !held || owner != "another/1" {
		t.Errorf("the lease is %q's, %v, %v", owner, held, err)
	}
}
