package httpapi

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"guiji/internal/address"
	"guiji/internal/fault"
)

// plainRequest is the key under which a request's context says that it goes unencrypted.
type plainRequest struct{}

const dialTimeout = 15 * time.Second

// dial dials a name at an address that it may be dialled at.
func (s *Source) dial(ctx context.Context, network, at string) (net.Conn, error) {
	plain, _ := ctx.Value(plainRequest{}).(bool)
	d := address.Dialer{Resolve: s.resolve, Timeout: dialTimeout, Judge: func(host string, a netip.Addr) error { return s.judge(host, a, plain) }}
	conn, err := d.Dial(ctx, network, at)
	if errors.Is(err, address.ErrNoAddress) {
		host, _, _ := net.SplitHostPort(at)
		return nil, fault.New(fault.Unreachable, "httpapi.no_address", host)
	}
	return conn, err
}

// judge says why an address may not be dialled; nil is that it may.
func (s *Source) judge(host string, a netip.Addr, plain bool) error {
	switch {
	case !s.allowed.Allows(a):
		return fault.New(fault.Config, "httpapi.address", host, a.String()).Try("httpapi.address.hint")
	case plain && !address.Inside(a):
		return fault.New(fault.Config, "httpapi.plain", host, a.String()).Try("httpapi.plain.hint")
	}
	return nil
}
