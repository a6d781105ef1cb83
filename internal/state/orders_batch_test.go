package state_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/state"
)

const (
	first  = "0A1B2C-3D4E5F"
	second = "ZZZZZZ-000000"
)

// returnedList is a list that says one order is mended, asks to leave another, and objects
// to a value.
func returnedList(digest string) state.Returned {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return state.Returned{Digest: digest, Department: "minzheng", At: at,
		Acts: []state.OrderAct{
			{Number: first, Verb: state.Done, At: at, Department: "minzheng", Reason: "已更正"},
			{Number: second, Verb: state.RequestExempt, At: at, Department: "minzheng", Reason: "无档案"},
		},
		Filings: []state.Filing{{Order: second, By: state.Act{At: at, Department: "minzheng", Office: "办公室", Reason: "以档案为准"},
			Dispute: state.Dispute{Entity: "person", GoldenID: "g1", Key: "k1", Element: "DE0002", Department: "minzheng", Authority: "gongan/resident", Release: 1}}},
	}
}

func TestAListIsTakenBackWholeAndOnce(t *testing.T) {
	ctx := context.Background()
	s, err := state.Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fine := func([]state.Dispute) error { return nil }
	broken := errors.New("no audit")
	if _, err := s.TakeBack(ctx, returnedList("a"), func([]state.Dispute) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("without its audit: %v", err)
	}
	bad := returnedList("a")
	bad.Acts = append(bad.Acts, state.OrderAct{Number: first, Verb: state.RequestExempt, At: bad.At}) // lacks its reason
	if _, err := s.TakeBack(ctx, bad, fine); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("an act that is refused: %v", err)
	}
	none, err := s.Disputes(ctx)
	if _, ok, terr := s.Taken(ctx, "a"); ok || len(none) > 0 || errors.Join(err, terr) != nil {
		t.Fatalf("refused lists left %d disputes, taken %v, %v %v", len(none), ok, err, terr)
	}
	filed, err := s.TakeBack(ctx, returnedList("a"), fine)
	if err != nil || len(filed) != 1 || filed[0].Number != "D2026-0001" {
		t.Fatalf("%+v, %v", filed, err)
	}
	acts, err := s.OrderActs(ctx, second)
	if err != nil || len(acts) != 2 || acts[1].Verb != state.Object || acts[1].Dispute != "D2026-0001" || acts[1].Office != "办公室" {
		t.Errorf("acts %+v, %v", acts, err)
	}
	if _, err := s.TakeBack(ctx, returnedList("a"), fine); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("the same list again: %v", err)
	}
	if _, err := s.TakeBack(ctx, returnedList("b"), fine); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("a request that waits, asked for again: %v", err)
	}
	if acts, err = s.OrderActs(ctx, first); err != nil || len(acts) != 1 {
		t.Errorf("acts %+v, %v", acts, err)
	}
}
