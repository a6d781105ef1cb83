package pipelines

import (
	"errors"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/engine"
)

// A segment that ended because the next one began is whole; what ends the stream
// later is the error of the segment it cut short, and of the part.
func TestOnlyTheLastSegmentFails(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "a_raw", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	s := &stream{schema: schema}
	s.begin(t.Context())
	cut := errors.New("cut")
	go func() {
		var err error
		for _, raw := range []string{"", "x"} { // the second batch has a column more
			if serr := s.send(columns(raw), 1); serr != nil {
				err = serr
			}
		}
		s.finish(errors.Join(err, cut))
	}()
	var segs []*engine.Feed
	for seg := range s.segments {
		for seg.Next() {
			if seg.Record().NumCols() != int64(len(segs)+1) {
				t.Errorf("segment %d has %d columns", len(segs), seg.Record().NumCols())
			}
		}
		segs = append(segs, seg)
	}
	if len(segs) != 2 {
		t.Fatalf("%d segments", len(segs))
	}
	if err := segs[0].Err(); err != nil {
		t.Errorf("the first segment, ended long before: %v", err)
	}
	if err := segs[1].Err(); !errors.Is(err, cut) {
		t.Errorf("the segment that was cut short: %v", err)
	}
}

func columns(raw string) []arrow.Array {
	numbers, texts := array.NewInt64Builder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
	numbers.Append(1)
	if raw == "" {
		texts.AppendNull()
	} else {
		texts.Append(raw)
	}
	return []arrow.Array{numbers.NewArray(), texts.NewArray()}
}
