package metrics_test

import (
	"os"
	"strings"
	"testing"

	"guiji/pipelines/metrics"
)

// The pages people read list the metrics there are, and no other.
func TestPagesListTheMetrics(t *testing.T) {
	for page, helps := range map[string]bool{"../../docs/watch-it.md": true, "../../docs/zh/watch-it.md": false} {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range metrics.All() {
			row := "| `" + m.Name + "` | " + m.Type + " | " + strings.Join(m.Labels, ", ") + " | "
			if helps {
				row += m.Help + " |"
			}
			if !strings.Contains(string(b), row) {
				t.Errorf("%s lacks: %s", page, row)
			}
		}
		if n := strings.Count(string(b), "\n| `guiji_"); n != len(metrics.All()) {
			t.Errorf("%s lists %d metrics, there are %d", page, n, len(metrics.All()))
		}
	}
}
