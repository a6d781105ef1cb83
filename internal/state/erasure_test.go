package state_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/state"
)

// act does what must be allowed.
func act(t testing.TB, s *state.Store, number string, acts ...state.Act) {
	t.Helper()
	for _, a := range acts {
		a.At = filed
		if _, err := s.Act(context.Background(), number, a, nothing); err != nil {
			t.Fatal(err)
		}
	}
}

// Of a subject that is erased keys, ids, values and words go; what was open is closed, as
// erased, and what was closed stays as it was.
func TestForgottenDisputesAreClosed(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "state")
	s := open(t, dir)
	value := "王五不同"
	mine := about("KEY-OF-ONE", "renshe")
	mine.Value, mine.Known = &value, true
	marked := file(t, s, mine)
	act(t, s, marked.Number, state.Act{Verb: state.Accept}, state.Act{Verb: state.Mark})
	closed := file(t, s, about("KEY-OF-ONE", "minzheng"))
	act(t, s, closed.Number, state.Act{Verb: state.Handle, Outcome: state.Rejected, Reason: "无据"})
	other := file(t, s, about("KEY-OF-TWO", "renshe"))
	if n, err := s.Forget(ctx, []state.Subject{{"person", "KEY-OF-ONE"}, {"person", ""}}, state.Act{At: filed.Add(time.Hour), Office: "数据资源科"}); err != nil || n != 2 {
		t.Fatalf("%d changed, %v", n, err)
	}
	all, err := s.Disputes(ctx)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if d := all[0]; d.Status() != state.Closed || d.Outcome() != state.Erased || d.Flagged() || !d.Forgotten() || d.Value != nil || d.Answered().IsZero() || d.Acts[0].Reason != "" {
		t.Errorf("the marked one: %+v", d)
	}
	if d := all[1]; d.Outcome() != state.Rejected || len(d.Acts) != 2 || d.Acts[1].Reason != "" {
		t.Errorf("the closed one: %+v", d)
	}
	if d := all[2]; d.Number != other.Number || d.Status() != state.Filed || d.Key == "" || d.Acts[0].Reason == "" {
		t.Errorf("another's: %+v", d)
	}
	if n, err := s.Forget(ctx, []state.Subject{{"person", "KEY-OF-ONE"}}, state.Act{At: filed}); err != nil || n != 0 {
		t.Errorf("twice: %d, %v", n, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, state.Name+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || bytes.Contains(b, []byte("KEY-OF-ONE")) || bytes.Contains(b, []byte(value)) {
			t.Errorf("%s holds it still: %v", filepath.Base(f), err)
		}
	}
}

// An erasure that was begun is under way until it is ended, for any process.
func TestAnErasureUnderWay(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	for _, at := range []time.Time{filed, filed.Add(time.Hour)} { // the first counts
		if err := s.BeginErasure(ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	if begun, err := open(t, dir).Erasing(ctx); err != nil || !begun.Equal(filed) {
		t.Errorf("begun %s, %v", begun, err)
	}
	if err := s.EndErasure(ctx); err != nil {
		t.Fatal(err)
	}
	if begun, err := s.Erasing(ctx); err != nil || !begun.IsZero() {
		t.Errorf("ended: %s, %v", begun, err)
	}
	if begun, err := (*state.Store)(nil).Erasing(ctx); err != nil || !begun.IsZero() {
		t.Errorf("where nothing was decided: %s, %v", begun, err)
	}
}

// Only what was upheld is to be mended, once, whether its mark was lifted or not.
func TestUpheldDisputesAreMended(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	upheld := file(t, s, about("A", "renshe"))
	act(t, s, upheld.Number, state.Act{Verb: state.Accept}, state.Act{Verb: state.Mark})
	if _, err := s.Act(ctx, upheld.Number, state.Act{Verb: state.Mend}, nothing); fault.KindOf(err) != fault.Config {
		t.Errorf("before it was upheld: %v", err)
	}
	act(t, s, upheld.Number, state.Act{Verb: state.Handle, Outcome: state.Upheld, Reason: "属实"})
	rejected := file(t, s, about("B", "renshe"))
	act(t, s, rejected.Number, state.Act{Verb: state.Handle, Outcome: state.Rejected, Reason: "无据"})
	if _, err := s.Act(ctx, rejected.Number, state.Act{Verb: state.Mend}, nothing); fault.KindOf(err) != fault.Config {
		t.Errorf("what was rejected: %v", err)
	}
	act(t, s, upheld.Number, state.Act{Verb: state.Lift})
	d, err := s.Dispute(ctx, upheld.Number)
	if err != nil || !d.ToMend() || d.Status() != state.Closed || d.Outcome() != state.Upheld {
		t.Fatalf("lifted: %+v, %v", d, err)
	}
	act(t, s, upheld.Number, state.Act{Verb: state.Mend, Release: 7})
	d, err = s.Dispute(ctx, upheld.Number)
	if err != nil || d.ToMend() || d.Mended() == nil || d.Mended().Release != 7 || d.Status() != state.Closed {
		t.Errorf("mended: %+v, %v", d, err)
	}
	if _, err := s.Act(ctx, upheld.Number, state.Act{Verb: state.Mend}, nothing); fault.KindOf(err) != fault.Config {
		t.Errorf("twice: %v", err)
	}
}
