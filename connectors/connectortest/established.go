package connectortest

import (
	"bufio"
	"encoding/binary"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
)

// established is the state of an open connection in /proc/net/tcp.
const established = "01"

// Established counts this machine's open connections to an address on loopback, for servers that
// tell nobody who is connected: Harness.Connections. It needs Linux.
func Established(t testing.TB, address string) int {
	t.Helper()
	want := netip.MustParseAddrPort(address)
	file, err := os.Open("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for scan := bufio.NewScanner(file); scan.Scan(); {
		fields := strings.Fields(scan.Text())
		if len(fields) < 4 || fields[3] != established {
			continue
		}
		ip, port, _ := strings.Cut(fields[2], ":") // the other end, in the machine's order of bytes
		a, err1 := strconv.ParseUint(ip, 16, 32)
		p, err2 := strconv.ParseUint(port, 16, 16)
		if err1 != nil || err2 != nil {
			continue
		}
		var raw [4]byte
		binary.NativeEndian.PutUint32(raw[:], uint32(a))
		if netip.AddrPortFrom(netip.AddrFrom4(raw), uint16(p)) == want {
			n++
		}
	}
	return n
}
