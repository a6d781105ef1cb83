package sqlite_test

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/lake"
)

// tally is a sink that counts rows and the texts of the last column.
type tally struct {
	rows  int64
	bad   int
	texts map[string]int
}

func (t *tally) Batch(rec arrow.RecordBatch) error {
	t.rows += rec.NumRows()
	if last, ok := rec.Column(int(rec.NumCols()) - 1).(*array.String); ok {
		if t.texts == nil {
			t.texts = map[string]int{}
		}
		for i := range last.Len() {
			t.texts[last.Value(i)]++
		}
	}
	return nil
}

func (t *tally) Bad(lake.BadRow) error {
	t.bad++
	return nil
}
