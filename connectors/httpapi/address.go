package httpapi

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"guiji/internal/fault"
)

// plainRequest is the key under which a request's context says that it goes unencrypted.
type plainRequest struct{}

// lookUp asks the system's resolver.
func lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dial resolves a name, looks at every address, and dials one that it looked at: a name
// that means something else a moment later gains nothing.
func (s *Source) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		found = append(found, a)
	} else if found, err = s.resolve(ctx, host); err != nil {
		return nil, err
	}
	plain, _ := ctx.Value(plainRequest{}).(bool)
	refused := fault.New(fault.Unreachable, "httpapi.no_address", host)
	var tried []error
	for _, a := range found {
		a = a.Unmap().WithZone("")
		if why := s.judge(host, a, plain); why != nil {
			refused = why
			continue
		}
		conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		tried = append(tried, err)
	}
	if len(tried) > 0 {
		return nil, errors.Join(tried...)
	}
	return nil, refused
}

const dialTimeout = 15 * time.Second

// private are the networks nothing outside a bureau's can be in (RFC 1918, RFC 4193).
func private() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"),
	}
}

// own are networks of the machine itself and its neighbours, and the addresses at which
// clouds hand out their machines' credentials. Only an entry that lies within one opens it: 0.0.0.0/0
// does not.
func own() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"),
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("::/128"), netip.MustParsePrefix("100.100.100.200/32"), netip.MustParsePrefix("fd00:ec2::254/128"),
	}
}

func among(a netip.Addr, list []netip.Prefix) (netip.Prefix, bool) {
	for _, p := range list {
		if p.Contains(a) {
			return p, true
		}
	}
	return netip.Prefix{}, false
}

// judge says why an address may not be dialled; nil is that it may.
func (s *Source) judge(host string, a netip.Addr, plain bool) *fault.Error {
	_, inside := among(a, private())
	special, isOwn := among(a, own())
	listed := false
	for _, p := range s.allowed {
		within := !isOwn || p.Bits() >= special.Bits() && special.Contains(p.Addr())
		listed = listed || p.Contains(a) && within
	}
	switch {
	case !listed && (isOwn || !inside):
		return fault.New(fault.Config, "httpapi.address", host, a.String()).Try("httpapi.address.hint")
	case plain && !inside && !isOwn:
		return fault.New(fault.Config, "httpapi.plain", host, a.String()).Try("httpapi.plain.hint")
	}
	return nil
}
