// Package address says which addresses a source of the project may be dialled at: private
// ones, and those the project allows by name. Connectors import it.
package address

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Guard is what a connection allows beside the private networks.
type Guard []netip.Prefix

// Parse reads addresses and networks: 203.0.113.7, 127.0.0.1, 100.64.0.0/10. wrong is the
// first text that is neither, "" if there is none.
func Parse(texts []string) (g Guard, wrong string) {
	for _, t := range texts {
		p, err := netip.ParsePrefix(t)
		if err != nil {
			a, err := netip.ParseAddr(t)
			if err != nil || a.Zone() != "" {
				return nil, t
			}
			a = a.Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		}
		g = append(g, p.Masked())
	}
	return g, ""
}

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

// Inside reports whether an address can be of nobody outside: it is private or the
// machine's own.
func Inside(a netip.Addr) bool {
	_, inside := among(a, private())
	_, isOwn := among(a, own())
	return inside || isOwn
}

// Allows reports whether an address may be dialled.
func (g Guard) Allows(a netip.Addr) bool {
	_, inside := among(a, private())
	special, isOwn := among(a, own())
	for _, p := range g {
		within := !isOwn || p.Bits() >= special.Bits() && special.Contains(p.Addr())
		if p.Contains(a) && within {
			return true
		}
	}
	return inside && !isOwn
}

// Dialer dials names at addresses that were looked at.
type Dialer struct {
	// Resolve finds a name's addresses; nil asks the system.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	// Judge says why an address may not be dialled; nil is that it may.
	Judge   func(host string, a netip.Addr) error
	Timeout time.Duration // of one address
}

// ErrNoAddress is of a name that has none.
var ErrNoAddress = errors.New("the name has no address")

// Dial resolves a name, looks at every address, and dials one that it looked at: a name
// that means something else a moment later gains nothing. What Judge said comes out as it is.
func (d Dialer) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := d.lookUp(ctx, host)
	if err != nil {
		return nil, err
	}
	refused := ErrNoAddress
	var tried []error
	for _, a := range found {
		a = a.Unmap().WithZone("")
		if why := d.Judge(host, a); why != nil {
			refused = why
			continue
		}
		conn, err := (&net.Dialer{Timeout: d.Timeout}).DialContext(ctx, network, net.JoinHostPort(a.String(), port))
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

func (d Dialer) lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if d.Resolve != nil {
		return d.Resolve(ctx, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}
