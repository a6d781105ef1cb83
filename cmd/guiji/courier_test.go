package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
)

// A project that breaks a rule while the daemon runs is not delivered by: here two
// departments would get their lists at one address.
func TestCourierKeepsASoundProject(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.configured()
	sound, err := catalog.Load(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	b.edit("departments.yaml", "bgs@example.test}", "kxk@example.test}")
	broken, err := catalog.Load(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	c := &courier{app: &app{}, base: &workspace{project: sound, zone: time.UTC}, log: slog.New(slog.NewTextHandler(&said, nil))}
	c.read(broken)
	if _, d := c.now(); d != nil {
		t.Error("a project that breaks a rule is delivered by")
	}
	c.read(sound)
	c.read(broken)
	if w, d := c.now(); d == nil || w.project != sound || strings.Count(said.String(), "breaks rules") != 2 {
		t.Errorf("it is not delivered as before: %s", &said)
	}
}
