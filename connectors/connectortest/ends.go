package connectortest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// cancel ends the context after the first batch: the read ends within 2 s with an error, and
// nothing of it is left running on the server.
func (h Harness) cancel(t *testing.T) {
	snap, data := h.inParts(t, 60_000)
	ctx, cancel := context.WithCancel(deadline(t))
	defer cancel()
	var at time.Time
	out := &rows{t: t, schema: snap.Schema()}
	out.onBatch = func() error {
		if at.IsZero() {
			at = time.Now()
			cancel()
		}
		return nil
	}
	err := snap.Read(ctx, snap.Parts()[0], out)
	if took := time.Since(at); took > 2*time.Second {
		t.Errorf("the read ended %s after its context", took)
	}
	if err == nil || len(out.cells) == len(data) {
		t.Fatalf("a cancelled read ended with %d rows and %v", len(out.cells), err)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is not context.Canceled: %v", err)
	}
	h.quiet(t, at.Add(2*time.Second))
}

// quiet states that nothing runs on the server any more.
func (h Harness) quiet(t *testing.T, until time.Time) {
	t.Helper()
	if h.Running == nil {
		return
	}
	for {
		n := h.Running(t)
		if n == 0 {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d statements still run on the server", n)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// sinkStops: the sink's error ends the read at once and comes out as it is.
func (h Harness) sinkStops(t *testing.T) {
	snap, _ := h.inParts(t, 30_000)
	full := errors.New("the sink is full")
	out := &rows{t: t, schema: snap.Schema(), onBatch: func() error { return full }}
	if err := snap.Read(deadline(t), snap.Parts()[0], out); !errors.Is(err, full) {
		t.Fatalf("error %v", err)
	}
	if len(out.cells) > 1000 {
		t.Fatalf("%d rows came after the sink had refused", len(out.cells)-1000)
	}
	h.quiet(t, time.Now().Add(2*time.Second))
}

func (h Harness) badRows(t *testing.T) {
	c := h.Bad(t)
	out := h.all(t, request(c.Table, c.Columns...))
	if len(out.cells) != c.Good || len(out.bad) != c.Bad {
		t.Fatalf("%d good and %d bad rows, wanted %d and %d", len(out.cells), len(out.bad), c.Good, c.Bad)
	}
	for _, b := range out.bad {
		if b.Column != c.Column || b.Reason == "" || b.Place == "" {
			t.Errorf("a bad row says column %q, reason %q, place %q", b.Column, b.Reason, b.Place)
		}
	}
	if c.Text != "" && out.bad[0].Text != c.Text {
		t.Errorf("the first bad row shows %q, wanted %q", out.bad[0].Text, c.Text)
	}
}

func (h Harness) missingTable(t *testing.T) {
	src := h.source(t)
	_, err := src.Snapshot(deadline(t), request("no_such_table", "id"))
	mustName(t, err, "no_such_table")
	_, err = src.Discover(deadline(t), "no_such_table")
	mustName(t, err, "no_such_table")
}

func (h Harness) missingColumn(t *testing.T) {
	table := h.Load(t, Table{"lacking", numbered(), [][]Value{{V("1"), V("x")}}})
	_, err := h.source(t).Snapshot(deadline(t), connectors.Request{Table: table, Columns: []string{"id", "no_such_column"}, Parts: 1, BatchRows: 10})
	mustName(t, err, "no_such_column")
}

// mustName states that an error is one of configuration and names what is missing.
func mustName(t *testing.T, err error, what string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error for %s", what)
	}
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), what) {
		t.Fatalf("kind %d: %v", fault.KindOf(err), err)
	}
}
