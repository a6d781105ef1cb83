package state_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/state"
)

func TestReleasesHoldUntilTheirDay(t *testing.T) {
	dir := t.TempDir()
	s, err := state.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	one := state.Release{Resource: "a/b", Rule: "name.length", Number: "3K7Q2M-8ZC4TN", Reason: "已核实", Approver: "主任办公会", At: at, Until: "2026-06-30"}
	all := state.Release{Resource: "a/b", Rule: "sex.in_codes", Reason: "代码表待更新", Approver: "主任办公会", At: at, Until: "2026-02-01"}
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
