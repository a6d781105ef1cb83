package command_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors/command"
	"guiji/internal/fault"
)

// streamed writes batches of 5 rows as a program would. The last value of each is 2³²−1, whose
// eight bytes are those of the mark that closes a stream.
func streamed(t testing.TB, batches int) (*arrow.Schema, []byte) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "id", Type: arrow.PrimitiveTypes.Int64}}, nil)
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	for range batches {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for i := range 5 {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprint("第", i))
			b.Field(1).(*array.Int64Builder).Append(1<<32 - 1)
		}
		rec := b.NewRecordBatch()
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
		b.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return schema, out.Bytes()
}

// A stream that ends at any byte before its last is never taken for whole, even where its
// values look like its end.
func TestStreamCutAnywhere(t *testing.T) {
	const batches = 3
	schema, whole := streamed(t, batches)
	for at := range len(whole) + 1 {
		alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
		var got counted
		err := command.ReadStream(t.Context(), alloc, schema, bytes.NewReader(whole[:at]), &got)
		alloc.AssertSize(t, 0)
		if at == len(whole) {
			if err != nil || got.rows != 5*batches {
				t.Errorf("whole: %d rows, %v", got.rows, err)
			}
		} else if fault.KindOf(err) != fault.Unreachable {
			t.Errorf("cut after %d bytes of %d: %d rows and %v", at, len(whole), got.rows, err)
		}
	}
}
