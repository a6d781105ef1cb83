package localdir_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
)

// The tests' children are this binary again, told what to do by CHILD.
func TestMain(m *testing.M) {
	work := map[string]func(string){"write": childWrites, "count": childCounts, "full": childFills}[os.Getenv("CHILD")]
	if work == nil {
		os.Exit(m.Run())
	}
	work(os.Getenv("CHILD_DIR"))
}

func child(t *testing.T, work, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CHILD="+work, "CHILD_DIR="+dir)
	return cmd
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// childWrites commits version after version for ever, with data of varying size
// first, and swaps a lease in between.
func childWrites(dir string) {
	d, err := localdir.Open(dir)
	check(err)
	chain := lake.NewChain(d)
	fmt.Println("begun")
	for {
		head, err := chain.Head(context.Background())
		check(err)
		v := uint64(1)
		if head != nil {
			v = head.Version + 1
		}
		body := strings.Repeat(strconv.FormatUint(v, 10)+";", 1+int(v%5)*70_000)
		_, err = d.Put(context.Background(), fmt.Sprintf("data/v%d", v), strings.NewReader(body), int64(len(body)), lake.Condition{})
		check(err)
		check(chain.Commit(context.Background(), &lake.Release{Version: v}))
	}
}

// kill -9 at random moments: whatever is there is whole, the chain has no gap,
// and the next process goes on where it ended.
func TestKilledWriters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	rng := rand.New(rand.NewPCG(5, 6))
	d := open(t, dir)
	const kills = 40
	for range kills {
		cmd := child(t, "write", dir)
		said, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(said, make([]byte, len("begun\n"))); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.IntN(60)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		head, err := lake.NewChain(d).Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if head == nil {
			continue
		}
		for _, err := range lake.NewChain(d).Walk(t.Context(), head.Version) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for o, err := range d.List(t.Context(), "data/") {
			if err != nil {
				t.Fatal(err)
			}
			whole(t, d, o.Key)
		}
	}
	head, err := lake.NewChain(d).Head(t.Context())
	if err != nil || head == nil || head.Version < kills/8 { // else they were killed before they wrote
		t.Fatalf("head %v, %v", head, err)
	}
	t.Logf("figure store_kills %d; releases %d, torn 0", kills, head.Version)
}

// whole fails on an object that is not what childWrites writes.
func whole(t *testing.T, d *localdir.Dir, key string) {
	t.Helper()
	r, _, err := d.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	r.Close()
	if err != nil {
		t.Fatal(err)
	}
	v, err := strconv.Atoi(strings.TrimPrefix(key, "data/v"))
	if err != nil || string(b) != strings.Repeat(strconv.Itoa(v)+";", 1+v%5*70_000) {
		t.Fatalf("%s is torn: %d bytes, %v", key, len(b), err)
	}
}

// childCounts adds one to a counter 25 times by compare-and-swap.
func childCounts(dir string) {
	d, err := localdir.Open(dir)
	check(err)
	for done := 0; done < 25; {
		o, err := d.Head(context.Background(), "counter")
		check(err)
		body := strings.Repeat("x", int(o.Size)+1)
		_, err = d.Put(context.Background(), "counter", strings.NewReader(body), int64(len(body)), lake.Condition{ETag: o.ETag})
		if err == nil {
			done++
		} else if !errors.Is(err, lake.ErrConflict) {
			check(err)
		}
	}
}

func TestProcessesSwap(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	d := open(t, dir)
	if _, err := d.Put(t.Context(), "counter", strings.NewReader("x"), 1, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	var cmds []*exec.Cmd
	for range 4 {
		cmd := child(t, "count", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if o, err := d.Head(t.Context(), "counter"); err != nil || o.Size != 101 {
		t.Errorf("the counter is %d, want 101, %v", o.Size, err)
	}
}

// childFills writes more than its process may, as on a full disk.
func childFills(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100_000, Max: 100_000}))
	d, err := localdir.Open(dir)
	check(err)
	body := strings.Repeat("y", 300_000)
	for _, key := range []string{"new", "kept"} {
		_, err := d.Put(context.Background(), key, strings.NewReader(body), int64(len(body)), lake.Condition{})
		if fault.KindOf(err) != fault.Unreachable {
			check(fmt.Errorf("%s: %w", key, err))
		}
	}
}

func TestFullDiskLeavesNothingHalf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	d := open(t, dir)
	if _, err := d.Put(t.Context(), "kept", strings.NewReader("x"), 1, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	if out, err := child(t, "full", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := d.Head(t.Context(), "new"); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("half an object: %v", err)
	}
	if o, err := d.Head(t.Context(), "kept"); err != nil || o.Size != 1 {
		t.Errorf("the old object: %+v, %v", o, err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, ".guiji", "tmp")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestModesAndLinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	d := open(t, dir)
	if _, err := d.Put(t.Context(), "a/b", strings.NewReader("x"), 1, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{"": 0o700, "a": 0o700, "a/b": 0o600} {
		if st, err := os.Stat(filepath.Join(dir, path)); err != nil || st.Mode().Perm() != want {
			t.Errorf("%q: %v, %v", path, st.Mode(), err)
		}
	}
	if p, err := d.LocalPath("a/b"); err != nil || p != filepath.Join(dir, "a", "b") {
		t.Errorf("%s, %v", p, err)
	}
	for _, key := range []string{"a", "a/c", "../x"} {
		if p, err := d.LocalPath(key); err == nil {
			t.Errorf("%q has the path %s", key, p)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "link")), os.Symlink(filepath.Dir(outside), filepath.Join(dir, "folder"))); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"link", "folder/outside"} {
		if _, _, err := d.Get(t.Context(), key); err == nil {
			t.Errorf("%q leads outside", key)
		}
	}
	if _, err := d.Put(t.Context(), "folder/new", strings.NewReader("x"), 1, lake.Condition{}); err == nil {
		t.Error("a put through a link")
	}
}

func TestLeftoversAreSwept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	open(t, dir)
	old, young := filepath.Join(dir, ".guiji", "tmp", "old"), filepath.Join(dir, ".guiji", "tmp", "young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(old); err == nil {
		t.Error("a killed process's file stays")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a running process's file is gone")
	}
}

func TestFileInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "store")} {
		if _, err := localdir.Open(path); fault.KindOf(err) != fault.Config {
			t.Errorf("a store at or below a file: %v", err)
		}
	}
}
