package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/state"
	"guiji/internal/testkit/mariadb"
)

// killedErasures kills an erasure by kill -9 at each of its own moments: what people
// wrote about the person is gone by then, and asking again does the rest, says so, and
// leaves nothing on this machine.
func killedErasures(t *testing.T, server *mariadb.Server, program string) {
	const person = "371502199203040023"
	for i, point := range []string{erasureForgotten, erasureChanged} {
		t.Run(point, func(t *testing.T) {
			d := newDesk(t, server, fmt.Sprintf("cuterasure%d", i))
			d.program = program
			d.edit("guiji.yaml", "defaults: {", "defaults: {lease: 1s, ")
			d.good()
			d.disputed(person)
			cmd := d.command("erase", "--entity", "person", "--key", person, "--reason", "test")
			cmd.Env = append(slices.Clone(d.env), "GUIJI_FAILPOINT="+point)
			if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
				t.Fatalf("it was not killed: %v", err)
			}
			if all := d.disputes(); all[0].Key != "" || all[0].Outcome() != state.Erased || all[0].Status() != state.Closed {
				t.Errorf("the dispute: %+v", all[0])
			}
			if gone := d.mentions([]uint64{1}, person) == 0; gone != (point == erasureChanged) {
				t.Errorf("gone from the store: %v", gone)
			}
			again := []string{"erase", "--entity", "person", "--key", person, "--reason", "test", "--lang", "en"}
			e := d.guiji(again...)
			for end := time.Now().Add(10 * time.Second); e.code == 11 && time.Now().Before(end); e = d.guiji(again...) { // the killed one's leases run out
				time.Sleep(200 * time.Millisecond)
			}
			if e.code != 0 || !strings.Contains(e.out, "had been cut short") {
				t.Fatalf("exit code %d\n%s", e.code, e.all())
			}
			if d.mentions([]uint64{1, 2}, person, "李四") > 0 {
				t.Error("it is mentioned still")
			}
			d.nowhere(person)
			if e := d.guiji("verify"); e.code != 0 { // what the killed one had made for nothing may wait for gc
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
			if e := d.guiji(again...); e.code != 2 || strings.Contains(e.all(), "cut short") {
				t.Errorf("a third time: exit code %d\n%s", e.code, e.all())
			}
		})
	}
}

// disputed files a dispute about a person, whoever that is.
func (d *desk) disputed(person string) {
	d.Helper()
	s, err := state.Open(context.Background(), filepath.Join(d.dir, "state"))
	if err != nil {
		d.Fatal(err)
	}
	defer s.Close()
	about := state.Dispute{Entity: "person", GoldenID: "g", Key: person, Element: "DE0002", Department: "minzheng"}
	if _, err := s.File(context.Background(), about, state.Act{At: time.Now(), Reason: "证件号" + person}, func(string) error { return nil }); err != nil {
		d.Fatal(err)
	}
}

// disputes are all that were filed.
func (d *desk) disputes() []state.Dispute {
	d.Helper()
	s, err := state.Open(context.Background(), filepath.Join(d.dir, "state"))
	if err != nil {
		d.Fatal(err)
	}
	defer s.Close()
	all, err := s.Disputes(context.Background())
	if err != nil || len(all) == 0 {
		d.Fatal(all, err)
	}
	return all
}
