package address_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"guiji/internal/address"
)

func TestAllows(t *testing.T) {
	for _, tt := range []struct {
		addr  string
		allow []string
		want  bool
	}{
		{"10.1.2.3", nil, true}, {"192.168.0.9", nil, true}, {"fd12::1", nil, true},
		{"203.0.113.7", nil, false}, {"203.0.113.7", []string{"203.0.113.0/24"}, true},
		{"127.0.0.1", nil, false}, {"127.0.0.1", []string{"0.0.0.0/0"}, false}, {"127.0.0.1", []string{"127.0.0.1"}, true},
		{"169.254.169.254", []string{"169.254.0.0/16"}, true}, {"fd00:ec2::254", nil, false}, {"0.0.0.0", nil, false}, {"::1", []string{"::/0"}, false},
	} {
		g, wrong := address.Parse(tt.allow)
		if got := g.Allows(netip.MustParseAddr(tt.addr)); got != tt.want || wrong != "" {
			t.Errorf("%s with %v: %v, want %v", tt.addr, tt.allow, got, tt.want)
		}
	}
	if _, wrong := address.Parse([]string{"10.0.0.0/8", "localhost"}); wrong != "localhost" {
		t.Errorf("the wrong one is %q", wrong)
	}
}

// Every address of a name is looked at, and only what was looked at is dialled.
func TestDial(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	no := errors.New("not this one")
	d := address.Dialer{
		Timeout: time.Second,
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("::ffff:127.0.0.1")}, nil
		},
		Judge: func(_ string, a netip.Addr) error {
			if a.IsLoopback() {
				return nil
			}
			return no
		},
	}
	conn, err := d.Dial(t.Context(), "tcp", "drop.example.test:"+port)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	d.Judge = func(string, netip.Addr) error { return no }
	if _, err := d.Dial(t.Context(), "tcp", "drop.example.test:"+port); !errors.Is(err, no) {
		t.Errorf("%v", err)
	}
	d.Resolve = func(context.Context, string) ([]netip.Addr, error) { return nil, nil }
	if _, err := d.Dial(t.Context(), "tcp", "drop.example.test:"+port); !errors.Is(err, address.ErrNoAddress) {
		t.Errorf("%v", err)
	}
}
