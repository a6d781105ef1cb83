package state_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/state"
)

func open(t testing.TB, dir string) *state.Store {
	t.Helper()
	s, err := state.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fine(string) error { return nil }

func nothing(state.Dispute) error { return nil }

var filed = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func about(key, department string) state.Dispute {
	return state.Dispute{Entity: "person", GoldenID: "g" + key, Key: key, Element: "DE0002", Department: department, Authority: "gongan/resident", Release: 3}
}

func file(t testing.TB, s *state.Store, d state.Dispute) *state.Dispute {
	t.Helper()
	out, err := s.File(context.Background(), d, state.Act{At: filed, Department: d.Department, Office: "信息科", Reason: "证件姓名不同"}, fine)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every way of two and three acts: what the statuses allow is taken, all else refused
// and leaves nothing behind.
func TestTheWayOfADispute(t *testing.T) {
	acts := []state.Act{{Verb: state.Accept}, {Verb: state.Mark}, {Verb: state.Handle, Outcome: state.Upheld}, {Verb: state.Handle, Outcome: state.Rejected},
		{Verb: state.Handle}, {Verb: state.Lift}, {Verb: state.Withdraw}, {Verb: state.File}, {Verb: "guess"}, {Verb: state.Accept, Outcome: state.Upheld}}
	ways := map[string]string{
		"": "filed", "accept": "accepted", "handle rejected": "closed", "withdraw": "closed", "accept,mark": "marked", "accept,withdraw": "closed",
		"accept,mark,handle upheld": "handled", "accept,mark,handle rejected": "handled", "accept,mark,withdraw": "handled",
		"accept,mark,handle upheld,lift": "closed", "accept,mark,handle rejected,lift": "closed", "accept,mark,withdraw,lift": "closed",
	}
	seen := map[string]bool{}
	var walk func(way string, d state.Dispute)
	walk = func(way string, d state.Dispute) {
		if string(d.Status()) != ways[way] {
			t.Errorf("%q: %s, want %s", way, d.Status(), ways[way])
		}
		seen[way] = true
		marked := 0
		for _, a := range d.Acts {
			marked += map[state.Verb]int{state.Mark: 1, state.Lift: -1}[a.Verb]
		}
		if d.Flagged() != (marked > 0) {
			t.Errorf("%q: flagged %v", way, d.Flagged())
		}
		for _, a := range acts {
			next, name := d, string(a.Verb)
			next.Acts = slices.Clone(d.Acts)
			if a.Outcome != "" {
				name += " " + string(a.Outcome)
			}
			if way != "" {
				name = way + "," + name
			}
			a.Reason = "因故"
			err := next.Take(a)
			_, allowed := ways[name]
			switch {
			case allowed != (err == nil):
				t.Errorf("%q: %v", name, err)
			case err != nil && (fault.KindOf(err) != fault.Config || len(next.Acts) != len(d.Acts)):
				t.Errorf("%q: %v, %d acts", name, err, len(next.Acts))
			case err == nil:
				walk(name, next)
			}
		}
	}
	d := state.Dispute{Number: "D2026-0001"}
	if err := d.Take(state.Act{Verb: state.File, Reason: "因故"}); err != nil {
		t.Fatal(err)
	}
	walk("", d)
	if len(seen) != len(ways) {
		t.Errorf("%d ways of %d", len(seen), len(ways))
	}
	if err := d.Take(state.Act{Verb: state.Handle, Outcome: state.Rejected, Reason: " "}); fault.KindOf(err) != fault.Config {
		t.Errorf("without a reason: %v", err)
	}
}

// What is filed and done is there for the next process, in order; refusals change
// nothing.
func TestDisputesAreKept(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "state")
	s := open(t, dir)
	one := file(t, s, about("A", "renshe"))
	two := file(t, s, about("A", "minzheng"))
	if one.Number != "D2026-0001" || two.Number != "D2026-0002" || one.Status() != state.Filed {
		t.Errorf("%+v, %+v", one, two)
	}
	again := about("A", "renshe")
	again.GoldenID = "another"
	if _, err := s.File(ctx, again, state.Act{At: filed, Reason: "又"}, fine); fault.KindOf(err) != fault.Config {
		t.Errorf("filed twice: %v", err)
	}
	if _, err := s.Act(ctx, "D2026-0009", state.Act{Verb: state.Accept}, nothing); fault.KindOf(err) != fault.Config {
		t.Errorf("no such dispute: %v", err)
	}
	if _, err := s.Act(ctx, one.Number, state.Act{Verb: state.Lift}, nothing); fault.KindOf(err) != fault.Config {
		t.Errorf("out of order: %v", err)
	}
	refused := errors.New("no audit, no act")
	if _, err := s.Act(ctx, one.Number, state.Act{Verb: state.Accept}, func(state.Dispute) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("refused before: %v", err)
	}
	if _, err := s.File(ctx, about("B", "renshe"), state.Act{At: filed, Reason: "因故"}, func(string) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("refused before: %v", err)
	}
	for _, a := range []state.Act{{Verb: state.Accept}, {Verb: state.Mark}} {
		a.At, a.Office = filed.Add(time.Hour), "数据资源科"
		if _, err := s.Act(ctx, one.Number, a, nothing); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := open(t, dir).Disputes(ctx)
	if err != nil || len(all) != 2 || len(all[0].Acts) != 3 || all[0].Status() != state.Marked || !all[0].Flagged() || all[1].Flagged() {
		t.Fatalf("%+v, %v", all, err)
	}
	if got := all[0]; got.Key != "A" || got.GoldenID != "gA" || got.Release != 3 || !got.FiledAt().Equal(filed) || got.Acts[1].Office != "数据资源科" || !got.Answered().IsZero() {
		t.Errorf("%+v", got)
	}
	for _, name := range []string{state.Name, state.Name + "-wal"} {
		if st, err := os.Stat(filepath.Join(dir, name)); err == nil && st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, st.Mode())
		}
	}
}

// Several processes at once: numbers are given once, and of many who do the same act
// one succeeds.
func TestSeveralAtOnce(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	var wg sync.WaitGroup
	numbers, accepted := make([]string, 12), make([]error, 12)
	for i := range numbers {
		wg.Go(func() {
			s, err := state.Open(ctx, dir)
			if err != nil {
				accepted[i] = err
				return
			}
			defer s.Close()
			d, err := s.File(ctx, about(fmt.Sprint(i), "renshe"), state.Act{At: filed, Reason: "因故"}, fine)
			if err != nil {
				accepted[i] = err
				return
			}
			numbers[i] = d.Number
			_, accepted[i] = s.Act(ctx, "D2026-0001", state.Act{Verb: state.Accept, At: filed}, nothing)
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	won := 0
	for i, n := range numbers {
		if n != fmt.Sprintf("D2026-%04d", i+1) {
			t.Errorf("number %d is %q", i+1, n)
		}
		switch err := accepted[i]; {
		case err == nil:
			won++
		case fault.KindOf(err) != fault.Config:
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d accepted it", won)
	}
}

// A copy is whole while others write, and a file that is none is told, not mended.
func TestSnapshotAndBadFiles(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	file(t, s, about("A", "renshe"))
	to := t.TempDir()
	if err := s.Snapshot(ctx, filepath.Join(to, state.Name)); err != nil {
		t.Fatal(err)
	}
	file(t, s, about("B", "renshe"))
	if all, err := open(t, to).Disputes(ctx); err != nil || len(all) != 1 {
		t.Errorf("the copy has %d disputes, %v", len(all), err)
	}
	if none, err := state.OpenExisting(ctx, t.TempDir()); err != nil || none != nil {
		t.Errorf("%v, %v", none, err)
	} else if all, err := none.Disputes(ctx); err != nil || all != nil || none.Close() != nil {
		t.Errorf("%v, %v", all, err)
	}
	bad := t.TempDir()
	if err := os.WriteFile(filepath.Join(bad, state.Name), []byte("no database, whatever else this may be, and long enough to be taken for one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(ctx, bad); fault.KindOf(err) != fault.Data {
		t.Errorf("a file that is no database: %v", err)
	}
	if err := os.WriteFile(filepath.Join(bad, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(ctx, filepath.Join(bad, "file")); fault.KindOf(err) != fault.Config {
		t.Errorf("a folder that is a file: %v", err)
	}
	later(t, to)
	if _, err := state.Open(ctx, to); fault.KindOf(err) != fault.Config {
		t.Errorf("a later guiji's: %v", err)
	}
}

// later makes the state in a folder one of a later guiji.
func later(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, state.Name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
