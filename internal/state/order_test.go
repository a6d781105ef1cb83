package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/state"
)

func allowed() error { return nil }

// standings are those of all orders, by number.
func standings(t *testing.T, s *state.Store) map[string]state.OrderStanding {
	t.Helper()
	out := map[string]state.OrderStanding{}
	if err := s.EachOrder(context.Background(), func(o state.OrderStanding) error {
		out[o.Number] = o
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Acts are kept all or none, after the audit chain has them, and the last ones count.
func TestActsOnOrders(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	at := func(h int) time.Time { return filed.Add(time.Duration(h) * time.Hour) }
	do := func(acts ...state.OrderAct) error { return s.OnOrders(ctx, acts, allowed) }
	for _, acts := range [][]state.OrderAct{
		{{Number: "A", Verb: state.Assign, At: at(0), To: "户籍科"}, {Number: "B", Verb: state.Start, At: at(0), Department: "gongan", Office: "办公室"}},
		{{Number: "A", Verb: state.Start, At: at(1), Reason: "已调档"}, {Number: "A", Verb: state.Done, At: at(2)}},
		{{Number: "B", Verb: state.RequestExempt, At: at(1), Reason: "档案灭失"}},
		{{Number: "B", Verb: state.Exempt, At: at(2), Reason: "档案灭失，同意", Approver: "办公会", Until: "2026-12-31"}},
		{{Number: "C", Verb: state.Object, At: at(2), Reason: "证件不同", Dispute: "D2026-0001"}, {Number: "C", Verb: state.Note, At: at(3), Reason: "待派出所核实"}},
	} {
		if err := do(acts...); err != nil {
			t.Fatal(err)
		}
	}
	refused := errors.New("no audit, no act")
	if err := s.OnOrders(ctx, []state.OrderAct{{Number: "D", Verb: state.Done, At: at(4)}}, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("refused before: %v", err)
	}
	if err := do(state.OrderAct{Number: "D", Verb: state.Done, At: at(4)}, state.OrderAct{Number: "D", Verb: state.LiftExempt, At: at(4)}); fault.KindOf(err) != fault.Config {
		t.Errorf("half of them: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	got := standings(t, s)
	a, b, c := got["A"], got["B"], got["C"]
	if len(got) != 3 || a.AssignedTo != "户籍科" || !a.Done.Equal(at(2)) || a.Note != "已调档" || !a.Last.Equal(at(2)) {
		t.Errorf("%+v", got)
	}
	if !b.Requested.IsZero() || b.Until != "2026-12-31" || !b.Exempt("2026-12-31") || b.Exempt("2027-01-01") || c.Dispute != "D2026-0001" || c.Note != "待派出所核实" {
		t.Errorf("%+v", got)
	}
	acts, err := s.OrderActs(ctx, "B")
	if err != nil || len(acts) != 3 || acts[0].Office != "办公室" || acts[2].Approver != "办公会" {
		t.Errorf("%+v, %v", acts, err)
	}
	var none *state.Store
	if acts, err := none.OrderActs(ctx, "B"); acts != nil || err != nil || none.EachOrder(ctx, nil) != nil {
		t.Errorf("of no store: %v, %v", acts, err)
	}
}

// What lacks something, or has nothing to answer, is refused and says why.
func TestActsRefused(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	exempt := state.OrderAct{Verb: state.Exempt, Reason: "因故", Approver: "办公会", Until: "2026-03-04", At: at}
	edit := func(f func(a *state.OrderAct)) state.OrderAct {
		a := exempt
		f(&a)
		return a
	}
	asked := state.OrderStanding{Number: "A"}.Apply(state.OrderAct{Number: "A", Verb: state.RequestExempt, At: at, Reason: "因故"})
	given := asked.Apply(exempt)
	objected := state.OrderStanding{Dispute: "D1"}.Apply(state.OrderAct{Number: "A", Verb: state.Object, At: at, Reason: "规则有误"})
	answer := state.OrderAct{Verb: state.Answer, At: at, Reason: "规则无误"}
	if objected.Dispute != "D1" || objected.Objected.IsZero() || !objected.Apply(answer).Objected.IsZero() || !objected.Apply(exempt).Objected.IsZero() ||
		!given.Apply(state.OrderAct{Verb: state.Object, At: at, Reason: "值无误", Dispute: "D2"}).Objected.IsZero() {
		t.Errorf("an objection waits for its answer, and one that opened a dispute does not: %+v", objected)
	}
	for i, c := range []struct {
		on  state.OrderStanding
		act state.OrderAct
		ok  bool
	}{
		{asked, exempt, true}, {given, exempt, true},
		{asked, edit(func(a *state.OrderAct) { a.Reason = " " }), false}, {asked, edit(func(a *state.OrderAct) { a.Approver = "" }), false},
		{asked, edit(func(a *state.OrderAct) { a.Until = "2026-03-03" }), false}, {asked, edit(func(a *state.OrderAct) { a.Until = "明年" }), false}, {asked, edit(func(a *state.OrderAct) { a.Until = "" }), false},
		{asked, state.OrderAct{Verb: state.RequestExempt, Reason: "又", At: at}, false}, {given, state.OrderAct{Verb: state.RequestExempt, Reason: "又", At: at}, true},
		{asked, state.OrderAct{Verb: state.RefuseExempt, Reason: "可核实", At: at}, true}, {given, state.OrderAct{Verb: state.RefuseExempt, Reason: "可核实", At: at}, false},
		{given, state.OrderAct{Verb: state.LiftExempt, At: at}, true}, {given, state.OrderAct{Verb: state.LiftExempt, At: at.AddDate(0, 0, 1)}, false}, {asked, state.OrderAct{Verb: state.LiftExempt, At: at}, false},
		{asked, state.OrderAct{Verb: state.Assign, To: " ", At: at}, false}, {asked, state.OrderAct{Verb: state.Start, At: at}, true}, {asked, state.OrderAct{Verb: "guess", At: at}, false},
		{asked, state.OrderAct{Verb: state.Note, At: at}, false}, {asked, state.OrderAct{Verb: state.Object, At: at}, false},
		{objected, answer, true}, {asked, answer, false}, {objected.Apply(answer), answer, false}, {objected, state.OrderAct{Verb: state.Answer, At: at}, false},
		{objected, state.OrderAct{Verb: state.Answer, At: at, Reason: "因故", Department: "gongan"}, false},
	} {
		if err := c.on.Admit(c.act); (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Config {
			t.Errorf("%d: %s: %v", i, c.act.Verb, err)
		}
	}
}

// What people wrote about an erased record is gone, from the file too; that they acted is not.
func TestOrdersAreForgotten(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, dir)
	var acts []state.OrderAct
	for i := range 40 {
		acts = append(acts, state.OrderAct{Number: fmt.Sprintf("N%02d", i), Verb: state.Note, At: filed, Reason: fmt.Sprintf("canary%02d", i)})
	}
	if err := s.OnOrders(ctx, acts, allowed); err != nil {
		t.Fatal(err)
	}
	lets := []state.Release{{Number: "N07", Reason: "canary07 let in", At: filed, Until: "2027-01-01"}, {Reason: "all of the rule", At: filed, Until: "2027-01-01"}}
	if err := s.LetIn(ctx, lets, allowed); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ForgetOrders(ctx, []string{"N07", "N08", "nobody's"}); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	left, err := s.OrderActs(ctx, "N07")
	if err != nil || len(left) != 1 || left[0].Reason != "" {
		t.Errorf("%+v, %v", left, err)
	}
	if in, err := s.Releases(ctx, "2026-01-01"); err != nil || len(in) != 2 || in[0].Reason != "" || in[1].Reason == "" {
		t.Errorf("%+v, %v", in, err)
	}
	for _, name := range []string{state.Name, state.Name + "-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && (strings.Contains(string(b), "canary07") || strings.Contains(string(b), "canary08")) {
			t.Errorf("%s still has it", name)
		}
	}
}
