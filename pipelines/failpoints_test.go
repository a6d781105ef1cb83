package pipelines_test

import (
	"slices"
	"sync"
	"testing"

	"guiji/pipelines"
)

// A run comes by every failpoint that is listed, and by no other, in their order.
func TestFailpoints(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	var mu sync.Mutex
	var seen []string
	p.at = func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(seen, point) {
			seen = append(seen, point)
		}
	}
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	if want := pipelines.Failpoints(); !slices.Equal(seen, want) {
		t.Errorf("came by %v\nlisted are %v", seen, want)
	}
}
