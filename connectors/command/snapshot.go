package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// snapshot is what a program promised to read. Each part is a run of the program.
type snapshot struct {
	source  *Source
	request connectors.Request
	answer  snapshotAnswer
	schema  *arrow.Schema
	types   []conversion
}

// What a program can beside reading parts is told by which interfaces its snapshots have.
type (
	withCursor struct{ *snapshot }
	withKeys   struct{ *snapshot }
	withBoth   struct{ *snapshot }
)

// Cursor asks the program.
func (n withCursor) Cursor(ctx context.Context, column string) (connectors.Cursor, error) {
	return n.cursor(ctx, column)
}

// ReadKeys runs the program for the keys.
func (n withKeys) ReadKeys(ctx context.Context, sink connectors.Sink) error { return n.keys(ctx, sink) }

// Cursor asks the program.
func (n withBoth) Cursor(ctx context.Context, column string) (connectors.Cursor, error) {
	return n.cursor(ctx, column)
}

// ReadKeys runs the program for the keys.
func (n withBoth) ReadKeys(ctx context.Context, sink connectors.Sink) error { return n.keys(ctx, sink) }

// Snapshot asks the program for its parts.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	n := &snapshot{source: s, request: req}
	if err := s.ask(ctx, &n.answer, "snapshot", line(s.asked(req))); err != nil {
		return nil, err
	}
	var err error
	if n.schema, n.types, err = s.schemaOf(n.answer.Columns, req.Columns); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range n.answer.Parts {
		if p.ID == "" || seen[p.ID] {
			return nil, fault.New(fault.Data, "exec.parts", s.settings.Command[0])
		}
		seen[p.ID] = true
	}
	if len(n.answer.Parts) == 0 {
		return nil, fault.New(fault.Data, "exec.parts", s.settings.Command[0])
	}
	cursor, keys := slices.Contains(n.answer.Can, "cursor"), slices.Contains(n.answer.Can, "keys")
	if req.Window != nil && !cursor {
		return nil, fault.New(fault.Config, "exec.no_cursor", s.settings.Command[0], req.Window.Column)
	}
	switch {
	case cursor && keys:
		return withBoth{n}, nil
	case cursor:
		return withCursor{n}, nil
	case keys:
		return withKeys{n}, nil
	}
	return n, nil
}

// line is a question as one argument.
func line(q question) string {
	text, err := json.Marshal(q)
	if err != nil {
		panic(fmt.Sprintf("a question that is no JSON: %v", err)) // it is made of texts and numbers
	}
	return string(text)
}

// Schema is that of every batch.
func (n *snapshot) Schema() *arrow.Schema { return n.schema }

// Parts are the program's.
func (n *snapshot) Parts() []connectors.Part {
	out := make([]connectors.Part, len(n.answer.Parts))
	for i, p := range n.answer.Parts {
		out[i] = connectors.Part{ID: p.ID, Rows: count(p.Rows), Spec: p.Spec}
	}
	return out
}

// Consistent is the program's word.
func (n *snapshot) Consistent() bool { return n.answer.Consistent }

// Identity is the program's word, for this very question.
func (n *snapshot) Identity() string {
	if n.answer.Identity == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(line(n.source.asked(n.request))))
	return n.answer.Identity + " " + hex.EncodeToString(sum[:])
}

// Close has nothing to release.
func (n *snapshot) Close() error { return nil }

func (n *snapshot) question() question {
	q := n.source.asked(n.request)
	q.Token = n.answer.Token
	return q
}

func (n *snapshot) cursor(ctx context.Context, column string) (connectors.Cursor, error) {
	q := n.question()
	q.Cursor = column
	var a cursorAnswer
	if err := n.source.ask(ctx, &a, "cursor", line(q)); err != nil {
		return connectors.Cursor{}, err
	}
	if !slices.Contains([]connectors.CursorKind{connectors.CursorNumber, connectors.CursorDay, connectors.CursorTime}, a.Kind) {
		return connectors.Cursor{}, fault.New(fault.Data, "exec.answer", n.source.settings.Command[0], "cursor").Try("exec.answer.hint")
	}
	return connectors.Cursor(a), nil
}
