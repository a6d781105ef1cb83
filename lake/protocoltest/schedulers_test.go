package protocoltest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/s3"
)

const (
	schedulers = 8
	leaseTTL   = 40 * time.Millisecond
)

// scheduler runs every round's slot, if nobody else has.
type scheduler struct {
	name string
	objs lake.Objects
	say  func(version uint64, nonce string) // of a commit that was reported done
}

// round returns when the slot is in the chain.
func (s *scheduler) round(slot string) error {
	for try := range 10_000 {
		taken, err := s.attempt(slot, try)
		if taken {
			return nil
		}
		if err != nil && fault.KindOf(err) != fault.Locked && !errors.Is(err, lake.ErrConflict) {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("%s: slot %s does not land", s.name, slot)
}

// attempt is one run under a lease that it does not renew: whoever is stopped comes
// back without it.
func (s *scheduler) attempt(slot string, try int) (done bool, err error) {
	ctx, chain := context.Background(), lake.NewChain(s.objs)
	head, err := chain.Head(ctx)
	if err != nil || head != nil && taken(head, slot) {
		return err == nil, err
	}
	lease, err := lake.Acquire(ctx, s.objs, "nightly", s.name, leaseTTL)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, lease.Release(ctx)) }()
	if head, err = chain.Head(ctx); err != nil || head != nil && taken(head, slot) {
		return err == nil, err
	}
	file, err := stage(ctx, s.objs, fmt.Sprintf("data/standard/t/%s/%s-%d.parquet", slot, s.name, try))
	if err != nil {
		return false, err
	}
	rel := compose(head, "standard/t", slot, file)
	rel.Generation = lease.Generation()
	if err := chain.Commit(ctx, rel); err != nil {
		return false, err
	}
	s.say(rel.Version, rel.Nonce)
	return true, nil
}

// sleepy is a store whose user is stopped now and then in the middle of a call, for
// longer than his lease lasts.
type sleepy struct {
	lake.Objects
	mu   sync.Mutex
	rng  *rand.Rand
	naps int
}

func (s *sleepy) nap() {
	s.mu.Lock()
	stop := s.rng.IntN(12) == 0
	if stop {
		s.naps++
	}
	s.mu.Unlock()
	if stop {
		time.Sleep(leaseTTL + leaseTTL/2)
	}
}

func (s *sleepy) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	s.nap()
	defer s.nap()
	return s.Objects.Put(ctx, key, body, size, cond)
}

func (s *sleepy) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	s.nap()
	return s.Objects.Get(ctx, key)
}

func (s *sleepy) Head(ctx context.Context, key string) (lake.Object, error) {
	defer s.nap()
	return s.Objects.Head(ctx, key)
}

func (s *sleepy) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	s.nap()
	return s.Objects.List(ctx, prefix)
}

// Eight schedulers at one slot, each stopped past its lease: each version has one
// winner, each slot lands once.
func TestSchedulersStoppedPastTheirLease(t *testing.T) {
	m, rounds := minio.Start(t), proof.Of(200, 20)
	var objs []lake.Objects
	for range schedulers {
		o, err := s3.Open(t.Context(), s3.Config{Endpoint: m.Endpoint, Bucket: "guiji", AccessKey: m.AccessKey, SecretKey: m.SecretKey})
		if err != nil {
			t.Fatal(err)
		}
		objs = append(objs, o)
	}
	won := winners{}
	naps := make([]*sleepy, schedulers)
	var all sync.WaitGroup
	for i, o := range objs {
		naps[i] = &sleepy{Objects: o, rng: rand.New(rand.NewPCG(uint64(i), 23))}
		s := &scheduler{name: fmt.Sprintf("s%d", i), objs: naps[i], say: won.say}
		all.Go(func() {
			for r := 0; r < rounds && !t.Failed(); r++ {
				if err := s.round(slotOf(r)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	stops := 0
	for _, n := range naps {
		stops += n.naps
	}
	proof.Figure(t, "schedulers", schedulers)
	proof.Figure(t, "scheduler_rounds", rounds)
	t.Logf("%d times one of them was stopped past its lease", stops)
	won.judge(t, objs[0], rounds)
}

func slotOf(round int) string { return "nightly@" + strconv.Itoa(round) }

// winners are the commits that were reported done, by version.
type winners struct {
	mu sync.Mutex
	by map[uint64][]string
}

func (w *winners) say(version uint64, nonce string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = map[uint64][]string{}
	}
	w.by[version] = append(w.by[version], nonce)
}

// judge holds who thinks he won against the chain.
func (w *winners) judge(t *testing.T, objs lake.Objects, rounds int) {
	t.Helper()
	chain := lake.NewChain(objs)
	head, err := chain.Head(t.Context())
	if err != nil || head == nil || head.Version != uint64(rounds) {
		t.Fatalf("%v after %d rounds, %v", head, rounds, err)
	}
	most, slots := 0, map[string]bool{}
	for rel, err := range chain.Walk(t.Context(), head.Version) {
		if err != nil {
			t.Fatal(err)
		}
		slots[rel.Slots[len(rel.Slots)-1]] = true
		if by := w.by[rel.Version]; len(by) > 1 || len(by) == 1 && by[0] != rel.Nonce {
			t.Errorf("release %d has the winners %v", rel.Version, by)
		}
		most = max(most, len(w.by[rel.Version]))
	}
	if len(slots) != rounds || len(w.by) == 0 {
		t.Errorf("%d slots landed in %d rounds", len(slots), rounds)
	}
	proof.Figure(t, "winners_per_version", most)
}

// TestMain: the tests' children are this binary again.
func TestMain(m *testing.M) {
	if os.Getenv("CHILD_SCHEDULER") != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// said is what a child prints of each commit.
type said struct {
	Version uint64
	Nonce   string
}

// child is one scheduler as a process: CHILD_SCHEDULER is its name.
func child() {
	objs, err := localdir.Open(os.Getenv("CHILD_STORE"))
	rounds, perr := strconv.Atoi(os.Getenv("CHILD_ROUNDS"))
	if err = errors.Join(err, perr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := &scheduler{name: os.Getenv("CHILD_SCHEDULER"), objs: objs, say: func(version uint64, nonce string) {
		_ = json.NewEncoder(os.Stdout).Encode(said{version, nonce}) // a pipe that is gone ends the test anyway
	}}
	for r := range rounds {
		if err := s.round(slotOf(r)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		time.Sleep(leaseTTL / 2)
	}
}

// The same with real processes and SIGSTOP.
func TestSchedulersAsProcesses(t *testing.T) {
	rounds, store := proof.Of(700, 40), filepath.Join(t.TempDir(), "store")
	won := winners{}
	cmds := make([]*exec.Cmd, schedulers)
	var all sync.WaitGroup
	for i := range cmds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("CHILD_SCHEDULER=s%d", i), "CHILD_STORE="+store, fmt.Sprintf("CHILD_ROUNDS=%d", rounds))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		cmds[i] = cmd
		all.Go(func() {
			for sc := bufio.NewScanner(out); sc.Scan(); {
				var c said
				if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
					t.Error(err)
				}
				won.say(c.Version, c.Nonce)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%s: %v", cmd.Env[len(cmd.Env)-3], err)
			}
		})
	}
	stops := stopThem(t, cmds, &all)
	t.Logf("%d times one of them was stopped past its lease", stops)
	proof.Figure(t, "schedulers_sigstop", stops)
	objs, err := localdir.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	won.judge(t, objs, rounds)
	proof.Fault(t, "two schedulers", "eight of them, stopped past their lease: one winner a version, each slot once")
}

// stopThem stops one process after another for longer than its lease, until all have
// ended by themselves.
func stopThem(t *testing.T, cmds []*exec.Cmd, all *sync.WaitGroup) (stops int) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		all.Wait()
	}()
	rng := rand.New(rand.NewPCG(29, 31))
	for {
		p := cmds[rng.IntN(len(cmds))].Process
		if p.Signal(syscall.SIGSTOP) == nil { // it may have ended
			stops++
			time.Sleep(leaseTTL + leaseTTL/2)
			_ = p.Signal(syscall.SIGCONT)
		}
		select {
		case <-ended:
			return stops
		case <-time.After(time.Duration(rng.IntN(20)) * time.Millisecond):
		}
	}
}
