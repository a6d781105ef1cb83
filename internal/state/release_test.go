package state_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/fault"
	"guiji/internal/state"
)

// released are a release of one row and one of all rows of a rule, and when they were made.
func released() (at time.Time, one, all state.Release) {
	at = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	one = state.Release{Resource: "a/b", Rule: "name.length", Number: "3K7Q2M-8ZC4TN", Reason: "已核实", Approver: "主任办公会", At: at, Until: "2026-06-30"}
	all = state.Release{Resource: "a/b", Rule: "sex.in_codes", Reason: "代码表待更新", Approver: "主任办公会", At: at, Until: "2026-02-01"}
	return at, one, all
}

func TestReleasesHoldUntilTheirDay(t *testing.T) {
	dir := t.TempDir()
	s, err := state.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, one, all := released()
	refused := errors.New("no audit")
	if err := s.LetIn(t.Context(), []state.Release{one}, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
	if err := s.LetIn(t.Context(), []state.Release{one, all}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string][]state.Release{"2026-02-01": {one, all}, "2026-02-02": {one}, "2026-07-01": nil} {
		got, err := s.Releases(t.Context(), day)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", day, err, diff)
		}
	}
	var none *state.Store
	if got, err := none.Releases(t.Context(), "2026-01-01"); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// A release that is withdrawn holds no longer, and may be made again.
func TestReleasesAreWithdrawn(t *testing.T) {
	s, err := state.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at, one, all := released()
	refused := errors.New("no audit")
	if err := s.LetIn(t.Context(), []state.Release{one, all}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	end := func(numbers ...string) ([]state.Release, error) {
		return s.Withdraw(t.Context(), "a/b", "name.length", numbers, at, func() error { return nil })
	}
	if _, err := end(one.Number, "ANOTHER"); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("of a number that was not released: %v", err)
	}
	if _, err := s.Withdraw(t.Context(), "a/b", "name.length", nil, at, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("without audit: %v", err)
	}
	if got, err := end(one.Number); err != nil || cmp.Diff([]state.Release{one}, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := s.Releases(t.Context(), "2026-02-01"); err != nil || cmp.Diff([]state.Release{all}, got) != "" {
		t.Errorf("after it was withdrawn: %v, %v", got, err)
	}
	if _, err := end(); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("twice: %v", err)
	}
	if err := s.LetIn(t.Context(), []state.Release{one}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Releases(t.Context(), "2026-02-01"); err != nil || cmp.Diff([]state.Release{all, one}, got) != "" {
		t.Errorf("released again: %v, %v", got, err)
	}
}
