package onesource_test

import (
	"context"
	"path/filepath"
	"testing"

	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// BenchmarkResolve makes golden records of three sources of 300 000 rows each and
// writes the three datasets.
func BenchmarkResolve(b *testing.B) {
	s := open(b, 2)
	scattered(b, s, 300_000)
	e, o := bureau{}.entity(b), onesource.Options{}
	dir := b.TempDir()
	b.ResetTimer()
	for b.Loop() {
		resolve(b, s, e, o)
		for name, query := range map[string]string{"golden": onesource.GoldenQuery(e, o), "crosswalk": onesource.CrosswalkQuery(e, o), "conflicts": onesource.ConflictsQuery(e, o)} {
			if _, err := s.CopyQuery(context.Background(), name, query, filepath.Join(dir, name), engine.ParquetOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(3*300_000*b.N)/b.Elapsed().Seconds(), "rows/s")
}
