package excel_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/xuri/excelize/v2"

	"guiji/connectors"
	"guiji/lake"
)

type nowhere struct{}

func (nowhere) Batch(arrow.RecordBatch) error { return nil }
func (nowhere) Bad(lake.BadRow) error         { return nil }

// BenchmarkReadFile reads persons of 10 columns: numbers, days, and texts of which half are
// shared strings.
func BenchmarkReadFile(b *testing.B) {
	const rows, columns = 20_000, 10
	f := newFolder(b)
	file := excelize.NewFile()
	defer file.Close()
	day, err := file.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		b.Fatal(err)
	}
	w, err := file.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	names := make([]string, columns)
	header := make([]any, columns)
	for i := range names {
		names[i] = fmt.Sprintf("列%d", i)
		header[i] = names[i]
	}
	if err := w.SetRow("A1", header); err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{i, fmt.Sprintf("37150219900101%04d", i%10000), "王小明", "1", excelize.Cell{StyleID: day, Value: 30000 + i%10000},
			fmt.Sprintf("山东省聊城市东昌府区柳园街道第%d号", i), fmt.Sprintf("138%08d", i), float64(i) + 0.5, "城镇", "无"}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.SaveAs(f.path(b, "x.xlsx")); err != nil {
		b.Fatal(err)
	}
	src := f.open(b, memory.DefaultAllocator)
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "x.xlsx", Columns: names, Parts: 1, BatchRows: 32 << 10})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := snap.Read(context.Background(), snap.Parts()[0], nowhere{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*columns)*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
}
