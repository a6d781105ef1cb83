package command

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
)

// ReadStream reads what a program wrote, as columns that are taken as they are.
func ReadStream(ctx context.Context, alloc memory.Allocator, schema *arrow.Schema, out io.Reader, sink connectors.Sink) error {
	source := &Source{settings: Settings{Command: []string{"program"}}, env: connectors.Env{Alloc: alloc}}
	r := &reading{snapshot: &snapshot{source: source, request: connectors.Request{BatchRows: 3}}, part: "all", schema: schema, sink: sink}
	for _, f := range schema.Fields() {
		r.types = append(r.types, same(f.Type))
	}
	return r.stream(ctx, out)
}
