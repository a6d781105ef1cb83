//go:build failpoints

package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// failpoint kills this very process, as kill -9 would, when it comes by the point of
// GUIJI_FAILPOINT=name[:n] for the nth time (default the first). Only programs built
// with the tag failpoints know it: go build -tags 'duckdb_arrow failpoints'.
func failpoint() func(string) {
	want, number, _ := strings.Cut(os.Getenv("GUIJI_FAILPOINT"), ":")
	if want == "" {
		return nil
	}
	nth, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		nth = 1
	}
	var passed atomic.Int64
	return func(point string) {
		if point == want && passed.Add(1) == nth {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
	}
}
