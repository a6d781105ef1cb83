package csvfile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/lake"
)

type nowhere struct{}

func (nowhere) Batch(arrow.RecordBatch) error { return nil }
func (nowhere) Bad(lake.BadRow) error         { return nil }

// BenchmarkReadFile reads persons of 12 columns; bytes are those of the file.
func BenchmarkReadFile(b *testing.B) {
	var plain, quoted strings.Builder
	names := "id,citizen_id,name,sex,birth,address,phone,status,amount,updated_at,code,note"
	fmt.Fprintln(&plain, names)
	fmt.Fprintln(&quoted, names)
	for i := range 100_000 {
		row := fmt.Sprintf("%d,37150219900101%04d,王小明,1,1990-01-01,山东省聊城市东昌府区柳园街道第%d号,138%08d,10,%d.50,2026-11-22 08:30:00,371502%06d,无", i, i%10000, i, i, i, i)
		fmt.Fprintln(&plain, row)
		fmt.Fprintln(&quoted, `"`+strings.ReplaceAll(row, ",", `","`)+`"`)
	}
	for _, tt := range []struct{ name, encoding, content string }{
		{"utf-8", "utf-8", plain.String()}, {"utf-8 quoted", "utf-8", quoted.String()},
		{"gb18030", "gb18030", encodeGB(b, plain.String())},
	} {
		b.Run(tt.name, func(b *testing.B) {
			f := folder{dir: b.TempDir(), settings: *csvfile.DefaultSettings()}
			f.settings.Encoding = tt.encoding
			f.write(b, "x.csv", tt.content)
			src := f.open(b, memory.DefaultAllocator)
			snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "x.csv", Columns: strings.Split(names, ","), Parts: 1, BatchRows: 32 << 10})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(tt.content)))
			for b.Loop() {
				if err := snap.Read(context.Background(), snap.Parts()[0], nowhere{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
