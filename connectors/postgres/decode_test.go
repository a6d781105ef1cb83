package postgres

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// wire is COPY's binary form of rows; nil is NULL.
func wire(rows ...[][]byte) []byte {
	out := append([]byte(signature), make([]byte, 8)...)
	for _, r := range rows {
		out = binary.BigEndian.AppendUint16(out, uint16(len(r)))
		for _, v := range r {
			if v == nil {
				out = binary.BigEndian.AppendUint32(out, 0xFFFFFFFF)
				continue
			}
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(v))), v...)
		}
	}
	return append(out, 0xFF, 0xFF)
}

// Rows come out the same in whatever pieces the stream comes in.
func TestTuplesInPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 40), 2, 2), 0, 8).Draw(t, "rows")
		for _, r := range rows {
			if rapid.Bool().Draw(t, "null") {
				r[0] = nil
			}
		}
		stream := wire(rows...)
		var got [][][]byte
		in := &tuples{fields: make([][]byte, 2), row: func(f [][]byte) error {
			row := make([][]byte, len(f))
			for i, v := range f {
				if v != nil {
					row[i] = append([]byte{}, v...)
				}
			}
			got = append(got, row)
			return nil
		}}
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "piece")
			if _, err := in.Write(stream[:n]); err != nil {
				t.Fatal(err)
			}
			stream = stream[n:]
		}
		if !in.ended || len(in.pending) > 0 || len(got) != len(rows) {
			t.Fatalf("ended %v, %d pending, %d of %d rows", in.ended, len(in.pending), len(got), len(rows))
		}
		for i := range rows {
			for c := range rows[i] {
				if (got[i][c] == nil) != (rows[i][c] == nil) || !bytes.Equal(got[i][c], rows[i][c]) {
					t.Fatalf("row %d column %d: %x, wanted %x", i, c, got[i][c], rows[i][c])
				}
			}
		}
	})
}

// Whatever comes instead of the binary form is an error or waits for more, and never a panic.
func FuzzTuples(f *testing.F) {
	f.Add(wire([][]byte{{1}, nil}), 3)
	f.Add([]byte("PGCOPY\n\xff\r\n\x00\x00\x01\x00\x00\x00\x00\x00\x00"), 5)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		in := &tuples{fields: make([][]byte, 2), row: func([][]byte) error { return nil }}
		if cut > 0 && cut < len(b) {
			if _, err := in.Write(b[:cut]); err != nil {
				return
			}
			b = b[cut:]
		}
		if _, err := in.Write(b); err != nil && !errors.Is(err, errForm) && !errors.Is(err, errMore) {
			t.Errorf("%v", err)
		}
	})
}

// numericWire writes a number of so many decimals as numeric_send does.
func numericWire(n *big.Int, scale int) []byte {
	abs := new(big.Int).Abs(n)
	fill := (4 - scale%4) % 4
	abs.Mul(abs, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(fill)), nil))
	var digits []uint16
	base, d := big.NewInt(10000), new(big.Int)
	for abs.Sign() > 0 {
		abs.QuoRem(abs, base, d)
		digits = append([]uint16{uint16(d.Uint64())}, digits...)
	}
	weight := len(digits) - 1 - (scale+fill)/4
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	sign := uint16(plus)
	if n.Sign() < 0 {
		sign = minus
	}
	out := binary.BigEndian.AppendUint16(nil, uint16(len(digits)))
	for _, v := range append([]uint16{uint16(int16(weight)), sign, uint16(scale)}, digits...) {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	return out
}

func TestNumeric(t *testing.T) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.IntRange(0, 38).Draw(t, "scale")
		n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "n"))
		n.Mod(n, limit)
		if rapid.Bool().Draw(t, "minus") {
			n.Neg(n)
		}
		v := numericWire(n, scale)
		got, f := numeric(v, 38, scale)
		if f != sound || got.BigInt().Cmp(n) != 0 {
			t.Fatalf("%s with %d decimals: %s, flaw %d", n, scale, got.BigInt(), f)
		}
		want := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(scale)
		if s := numericText(v); s != want && n.Sign() != 0 {
			t.Fatalf("text %s, wanted %s", s, want)
		}
		if n.Sign() != 0 && scale > 0 && new(big.Int).Rem(n, big.NewInt(10)).Sign() != 0 {
			if _, f := numeric(v, 38, scale-1); f != flawNumber {
				t.Fatalf("%s with %d decimals fits %d", n, scale, scale-1)
			}
		}
	})
	for name, v := range map[string][]byte{"short": {0, 1}, "digits missing": {0, 2, 0, 0, 0, 0, 0, 0, 0, 1}, "no digit": {0, 1, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}} {
		if _, f := numeric(v, 10, 2); f != flawForm {
			t.Errorf("%s: flaw %d", name, f)
		}
	}
	for _, sign := range []uint16{0xC000, 0xD000, 0xF000} {
		if _, f := numeric(binary.BigEndian.AppendUint16([]byte{0, 0, 0, 0}, sign)[:6:6], 10, 2); f != flawForm {
			t.Errorf("a cut NaN: flaw %d", f)
		}
		v := append(binary.BigEndian.AppendUint16([]byte{0, 0, 0, 0}, sign), 0, 0)
		if _, f := numeric(v, 10, 2); f != flawNumber || numericText(v) == "" {
			t.Errorf("%x: flaw %d", sign, f)
		}
	}
}

// A bound of TIMESTAMPTZ reaches as far as either clock says around their changes.
func TestInstant(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ wall, from, to string }{
		{"2026-01-02 03:04:05", "2026-01-01 19:04:05", "2026-01-01 19:04:05"},
		{"1986-05-04 02:30:00", "1986-05-03 17:30:00", "1986-05-03 18:30:00"}, // a gap: clocks went on from 2 to 3
		{"1986-09-14 01:30:00", "1986-09-13 16:30:00", "1986-09-13 17:30:00"}, // shown twice
	} {
		wall, err := time.Parse(timeForm, c.wall)
		if err != nil {
			t.Fatal(err)
		}
		for up, want := range map[bool]string{false: c.from, true: c.to} {
			if got := fmt.Sprint(instant(wall, up, zone).UTC().Format(time.DateTime)); got != want {
				t.Errorf("%s, up %v: %s, wanted %s", c.wall, up, got, want)
			}
		}
	}
}
