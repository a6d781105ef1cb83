package main

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// BenchmarkHundredChecks is the price of the hundred checks a value, on one core; its
// profile says which of them to look at.
func BenchmarkHundredChecks(b *testing.B) { benchmarkChecks(b, hundredChecks()) }

// BenchmarkEachCheck is the price of each of them alone, masks included.
func BenchmarkEachCheck(b *testing.B) {
	for _, c := range append(hundredChecks(), tenPatterns()...) {
		b.Run(c.item+" "+c.written, func(b *testing.B) { benchmarkChecks(b, []measuredCheck{c}) })
	}
}

func benchmarkChecks(b *testing.B, measured []measuredCheck) {
	batches := checkedBatches(4)
	set, err := rowSetOf(measured, batches[0].Schema())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	before := processCPU()
	for i := range b.N {
		masks, err := set.Eval(memory.DefaultAllocator, batches[i%len(batches)], nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range masks {
			m.Release()
		}
	}
	values := float64(b.N) * batchRows * float64(len(measured))
	b.ReportMetric(float64((processCPU()-before).Nanoseconds())/values, "cpu-ns/value")
}
