package main

import (
	"context"

	"github.com/rogpeppe/go-internal/testscript"

	"guiji/internal/state"
)

// number VAR PROJECT puts the number of a project's last dispute into a variable: it
// begins with the year.
func number(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: number VAR PROJECT")
	}
	s, err := state.Open(context.Background(), ts.MkAbs(args[1]+"/state"))
	ts.Check(err)
	all, err := s.Disputes(context.Background())
	ts.Check(err)
	ts.Check(s.Close())
	if len(all) == 0 {
		ts.Fatalf("%s has no dispute", args[1])
	}
	ts.Setenv(args[0], all[len(all)-1].Number)
}
