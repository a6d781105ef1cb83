package pipelines

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/lake"
)

// PlaceColumn is a column of a rehearsed image (Rehearse): where a row stands in its
// source, as file:line. No release has it.
const PlaceColumn = "_place"

// placeField is that column; NULL where the source has no places.
func placeField() arrow.Field {
	return arrow.Field{Name: PlaceColumn, Type: arrow.BinaryTypes.String, Nullable: true}
}

// standing tells where the rows of the batch at hand stand that were not refused. bad
// are those that were, by part and number as the row steps name them, so it is called
// before they are located. The caller releases the array.
func (s *stream) standing(bad []lake.BadRow, read, kept int64) (arrow.Array, error) {
	refused := make(map[int64]bool, len(bad))
	for _, b := range bad {
		if number, ok := strings.CutPrefix(b.Place, s.part+"#"); ok {
			if n, err := strconv.ParseInt(number, 10, 64); err == nil {
				refused[n-1] = true
			}
		}
	}
	if read-int64(len(refused)) != kept {
		return nil, fmt.Errorf("part %s: %d rows read, %d refused, %d kept", s.part, read, len(refused), kept)
	}
	out := array.NewStringBuilder(s.alloc)
	defer out.Release()
	out.Reserve(int(kept))
	for row := s.batched; row < s.batched+read; row++ {
		if refused[row] {
			continue
		}
		at := ""
		if s.place != nil {
			at = s.place(row)
		}
		if at == "" {
			out.AppendNull()
			continue
		}
		out.Append(at)
	}
	return out.NewArray(), nil
}
