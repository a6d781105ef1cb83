package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/internal/state"
	"guiji/lake"
	"guiji/lake/erase"
	"guiji/lake/localdir"
)

const disputedKey = "37150219780615003X"

// stateOf is a workspace over a store in a folder, with one dispute.
func stateOf(t *testing.T) (*workspace, lake.Objects) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "p")
	root := (&app{}).root()
	root.SetArgs([]string{"init", dir})
	root.SetOut(io.Discard)
	if err := root.ExecuteContext(context.Background()); err != nil {
		t.Fatal(err)
	}
	a := &app{dir: dir}
	w, err := a.workspace(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	})
	objs, err := localdir.Open(filepath.Join(a.dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	return w, objs
}

func fileOne(t *testing.T, w *workspace) {
	t.Helper()
	s, err := w.decided(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := state.Dispute{Entity: "person", GoldenID: "g", Key: disputedKey, Element: "DE0002", Department: "minzheng"}
	if _, err := s.File(context.Background(), d, state.Act{At: w.now(), Reason: "证件姓名不同"}, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// copied opens the store's copy of the state in a folder of its own.
func copied(t *testing.T, objs lake.Objects) []state.Dispute {
	t.Helper()
	dir := t.TempDir()
	if err := fetch(objs, stateKey, filepath.Join(dir, state.Name)); err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Disputes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What people decided is in the store as a whole file; a project without has none.
func TestTheStoreKeepsTheState(t *testing.T) {
	w, objs := stateOf(t)
	if err := w.keepState(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := objs.Head(context.Background(), stateKey); err == nil {
		t.Error("a copy of nothing")
	}
	fileOne(t, w)
	if err := w.keepState(context.Background()); err != nil {
		t.Fatal(err)
	}
	if all := copied(t, objs); len(all) != 1 || all[0].Key != disputedKey {
		t.Errorf("%+v", all)
	}
}

// Who is erased leaves the disputes too: in the file, in its log, and in the store.
func TestErasedSubjectsLeaveTheDisputes(t *testing.T) {
	w, objs := stateOf(t)
	fileOne(t, w)
	if err := w.keepState(context.Background()); err != nil {
		t.Fatal(err)
	}
	targets := []erase.Target{{Resource: "gongan/resident", Key: disputedKey}, {Entity: "person", Key: "another"}}
	if err := w.forget(context.Background(), targets, nil, false); err != nil {
		t.Fatal(err)
	}
	if all := copied(t, objs); all[0].Key != disputedKey {
		t.Errorf("another's erasure took it: %+v", all)
	}
	if err := w.forget(context.Background(), append(targets, erase.Target{Entity: "person", Key: disputedKey}), nil, false); err != nil {
		t.Fatal(err)
	}
	all, err := w.disputes(context.Background())
	if err != nil || len(all) != 1 || all[0].Key != "" || all[0].GoldenID != "" || all[0].Acts[0].Reason != "" || all[0].Status() != state.Closed || all[0].Outcome() != state.Erased {
		t.Errorf("%+v, %v", all, err)
	}
	if all := copied(t, objs); all[0].Key != "" {
		t.Errorf("the store: %+v", all)
	}
	files, err := filepath.Glob(filepath.Join(w.folder(w.project.Config.State), state.Name+"*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || bytes.Contains(b, []byte(disputedKey)) || bytes.Contains(b, []byte("证件姓名不同")) {
			t.Errorf("%s holds it still, %v", filepath.Base(f), err)
		}
	}
	var shown bytes.Buffer
	root := (&app{}).root()
	root.SetArgs([]string{"-C", w.project.Dir, "dispute", "show", all[0].Number, "--lang", "en"})
	root.SetOut(&shown)
	if err := root.ExecuteContext(context.Background()); err != nil || !strings.Contains(shown.String(), "subject: (erased)") {
		t.Errorf("%v: %s", err, shown.String())
	}
}
