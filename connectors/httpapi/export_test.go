package httpapi

import (
	"context"
	"net/netip"
	"time"
)

// Resolve makes names mean what a test says.
func (s *Source) Resolve(f func(ctx context.Context, host string) ([]netip.Addr, error)) {
	s.resolve = f
}

// RetryAfter reads a header at a moment.
func RetryAfter(header string, now time.Time) (time.Duration, bool) { return retryAfter(header, now) }

// NextLink is the target of the first next link.
func NextLink(headers ...string) string { return nextLink(headers) }
