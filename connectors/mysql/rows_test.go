package mysql

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	driver "github.com/go-sql-driver/mysql"
	"pgregory.net/rapid"
)

// dialect is what the ends agreed on.
type dialect struct{ noEOF, cached bool }

// answer is a server's answer in the making.
type answer struct {
	dialect
	bytes.Buffer
	sequence byte
}

func (a *answer) packet(p ...byte) {
	for {
		n := min(len(p), maxPayload)
		a.sequence++
		a.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), a.sequence})
		a.Write(p[:n])
		if p = p[n:]; n < maxPayload {
			return
		}
	}
}

// begin announces columns of these types.
func (a *answer) begin(types ...byte) {
	count := []byte{byte(len(types))}
	if a.cached {
		count = append(count, 1)
	}
	a.packet(count...)
	for _, t := range types {
		a.packet(append([]byte("\x03def\x01d\x01t\x01t\x01c\x01c\x0c"), 45, 0, 255, 0, 0, 0, t, 0, 0, 0, 0, 0)...)
	}
	if !a.noEOF {
		a.packet(endPacket, 0, 0, 2, 0)
	}
}

func (a *answer) row(values ...*string) {
	var p []byte
	for _, v := range values {
		if v == nil {
			p = append(p, nullValue)
			continue
		}
		p = append(lengthPrefix(p, len(*v)), *v...)
	}
	a.packet(p...)
}

// huge is a row of one value in two packets, the second with this number.
func (a *answer) huge(sequence byte) {
	a.packet(append(lengthPrefix(nil, maxPayload), make([]byte, maxPayload)...)...)
	a.Bytes()[a.Len()-5] = sequence // before the four bytes that the first had no room for
}

func lengthPrefix(p []byte, n int) []byte {
	switch {
	case n < 0xfb:
		return append(p, byte(n))
	case n < 1<<16:
		return append(p, 0xfc, byte(n), byte(n>>8))
	case n < 1<<24:
		return append(p, 0xfd, byte(n), byte(n>>8), byte(n>>16))
	}
	return binary.LittleEndian.AppendUint64(append(p, 0xfe), uint64(n))
}

func (a *answer) end(status byte) {
	if a.noEOF {
		a.packet(endPacket, 0, 0, status, 0, 0, 0)
	} else {
		a.packet(endPacket, 0, 0, status, 0)
	}
}

// through reads an answer into batches of these columns and returns the rows read and how
// they ended.
func through(t errorer, stream []byte, d dialect, forms ...form) ([][]*string, error) {
	r := &wireRows{packets: packets{in: bufio.NewReaderSize(bytes.NewReader(stream), bufferSize), sequence: 1}, noEOF: d.noEOF}
	if err := r.header(d.cached); err != nil {
		return nil, err
	}
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	var fields []arrow.Field
	for _, f := range forms {
		fields = append(fields, arrow.Field{Name: "c", Type: f.arrow, Nullable: true})
	}
	b := newBatch(arrow.NewSchema(fields, nil), forms, 3, alloc)
	defer b.release()
	if !r.fit(b) {
		return nil, errUnfit
	}
	var out [][]*string
	for {
		_, _, err := r.next(b)
		if err == io.EOF && r.packets.in.Buffered() > 0 {
			t.Errorf("bytes are left behind the end")
		}
		if b.rows > 0 && (b.full() || err != nil) {
			out = append(out, unpack(b.take())...)
		}
		if err != nil {
			return out, err
		}
	}
}

type errorer interface {
	Errorf(format string, args ...any)
	Helper()
}

var errUnfit = errors.New("other columns")

func unpack(rec arrow.RecordBatch) [][]*string {
	defer rec.Release()
	out := make([][]*string, rec.NumRows())
	for i := range out {
		for _, c := range rec.Columns() {
			if c.IsNull(i) {
				out[i] = append(out[i], nil)
			} else if x, ok := c.(*array.Binary); ok {
				s := string(x.Value(i))
				out[i] = append(out[i], &s)
			} else {
				s := c.ValueStr(i)
				out[i] = append(out[i], &s)
			}
		}
	}
	return out
}

func octets() form {
	t := arrow.BinaryTypes.Binary
	return form{arrow: t, build: func(a memory.Allocator) builder { return &binaryColumn{newStrings(a, t)} }}
}

const (
	blob, long, newDecimal = 252, 3, 246 // column types
	okPacket               = 0
)

func same(a, b [][]*string) bool {
	return slices.EqualFunc(a, b, func(x, y []*string) bool {
		return slices.EqualFunc(x, y, func(v, w *string) bool { return v == w || v != nil && w != nil && *v == *w })
	})
}

// Whatever rows a server sends in whatever dialect are read as they are; cut short anywhere,
// those that came whole are read, and the end is an error.
func TestRowsAsSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &answer{dialect: dialect{rapid.Bool().Draw(t, "no EOF"), rapid.Bool().Draw(t, "cached")}}
		width := rapid.IntRange(1, 4).Draw(t, "width")
		a.begin(slices.Repeat([]byte{blob}, width)...)
		var rows [][]*string
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			var row []*string
			for range width {
				n := rapid.SampledFrom([]int{-1, 0, 1, 18, 250, 251, 1 << 12, 1<<16 - 1, 1 << 16, bufferSize - 8, bufferSize, 3 * bufferSize}).Draw(t, "length")
				if n < 0 {
					row = append(row, nil)
					continue
				}
				v := string(bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, n))
				row = append(row, &v)
			}
			rows = append(rows, row)
			a.row(row...)
		}
		a.end(2)
		forms := slices.Repeat([]form{octets()}, width)
		got, err := through(t, a.Bytes(), a.dialect, forms...)
		if err != io.EOF || !same(got, rows) {
			t.Fatalf("%d rows of %d, %v", len(got), len(rows), err)
		}
		at := rapid.IntRange(0, a.Len()-1).Draw(t, "cut")
		got, err = through(t, a.Bytes()[:at], a.dialect, forms...)
		if err != io.ErrUnexpectedEOF || len(got) > len(rows) || !same(got, rows[:len(got)]) {
			t.Fatalf("cut after %d bytes of %d: %d rows of %d, %v", at, a.Len(), len(got), len(rows), err)
		}
	})
}

// What a server says besides rows.
func TestAnswersThatAreNoRows(t *testing.T) {
	one := "1"
	refusal := append([]byte{errPacket, 0x95, 0x07}, "#70100Connection was killed"...)
	for name, c := range map[string]struct {
		compose func(*answer)
		want    error
	}{
		"no rows":            {func(a *answer) { a.begin(long); a.end(2) }, io.EOF},
		"an error at once":   {func(a *answer) { a.packet(refusal...) }, &driver.MySQLError{Number: 1941}},
		"an error among":     {func(a *answer) { a.begin(long); a.row(&one); a.packet(refusal...) }, &driver.MySQLError{Number: 1941}},
		"an error uncounted": {func(a *answer) { a.begin(long); a.sequence = 77; a.packet(refusal...) }, &driver.MySQLError{Number: 1941}},
		"an error unsaid":    {func(a *answer) { a.begin(long); a.packet(errPacket, 1) }, driver.ErrMalformPkt},
		"no rows at all":     {func(a *answer) { a.packet(okPacket, 0, 0, 2, 0, 0, 0) }, driver.ErrMalformPkt},
		"wants a file":       {func(a *answer) { a.packet(append([]byte{nullValue}, "/etc/passwd"...)...) }, errFileAsked},
		"more results":       {func(a *answer) { a.begin(long); a.end(2 | 8) }, driver.ErrMalformPkt},
		"more bytes":         {func(a *answer) { a.begin(long); a.end(2); a.packet(okPacket, 0, 0, 2, 0, 0, 0) }, driver.ErrMalformPkt},
		"the end too short":  {func(a *answer) { a.begin(long); a.packet(endPacket, 0) }, driver.ErrMalformPkt},
		"an empty packet":    {func(a *answer) { a.begin(long); a.packet() }, driver.ErrMalformPkt},
		"a packet missing":   {func(a *answer) { a.begin(long); a.sequence++; a.row(&one) }, driver.ErrPktSync},
		"a part missing":     {func(a *answer) { a.begin(long); a.huge(77) }, driver.ErrPktSyncMul},
		"a value too few":    {func(a *answer) { a.begin(long, blob); a.row(&one) }, driver.ErrMalformPkt},
		"a value too many":   {func(a *answer) { a.begin(long); a.row(&one, &one) }, driver.ErrMalformPkt},
		"a value too long":   {func(a *answer) { a.begin(long); a.packet(9, '1') }, driver.ErrMalformPkt},
		"a length cut off":   {func(a *answer) { a.begin(long); a.packet(0xfc, 1) }, driver.ErrMalformPkt},
		"a length too long":  {func(a *answer) { a.begin(long); a.packet(0xfd, 255, 255, 255, '1') }, driver.ErrMalformPkt},
		"another type":       {func(a *answer) { a.begin(blob); a.end(2) }, errUnfit},
		"another number":     {func(a *answer) { a.begin(); a.end(2) }, driver.ErrMalformPkt},
		"no definitions":     {func(a *answer) { a.packet(1, 0); a.end(2) }, driver.ErrMalformPkt},
	} {
		for _, d := range []dialect{{}, {noEOF: true}, {cached: true}, {true, true}} {
			a := &answer{dialect: d}
			c.compose(a)
			forms := []form{integers[int64](arrow.PrimitiveTypes.Int64)}
			if name == "a value too few" {
				forms = append(forms, octets())
			}
			_, err := through(t, a.Bytes(), d, forms...)
			var got, want *driver.MySQLError
			if errors.As(c.want, &want) {
				if !errors.As(err, &got) || got.Number != want.Number || string(got.SQLState[:]) != "70100" || got.Message != "Connection was killed" {
					t.Errorf("%s, %+v: %v", name, d, err)
				}
			} else if err != c.want {
				t.Errorf("%s, %+v: %v, wanted %v", name, d, err, c.want)
			}
		}
	}
}

// FuzzAnswer: no answer breaks the reader, and none is an end but the server's own.
func FuzzAnswer(f *testing.F) {
	text, number := "聊城", "-12.50"
	for _, d := range []dialect{{}, {noEOF: true}, {cached: true}, {true, true}} {
		a := &answer{dialect: d}
		a.begin(long, blob, newDecimal)
		whole := "7"
		a.row(&whole, &text, &number)
		a.row(nil, nil, nil)
		a.end(2)
		f.Add(a.Bytes(), d.noEOF, d.cached)
	}
	f.Fuzz(func(t *testing.T, stream []byte, noEOF, cached bool) {
		typ := arrow.BinaryTypes.String
		forms := []form{integers[int32](arrow.PrimitiveTypes.Int32),
			{arrow: typ, build: func(a memory.Allocator) builder { return &textColumn{newStrings(a, typ)} }}, column{family: "decimal", precision: 10, scale: 2}.form()}
		rows, err := through(t, stream, dialect{noEOF, cached}, forms...)
		if err == nil || errors.Is(err, io.EOF) && (len(stream) < 9 || !bytes.Contains(stream[len(stream)-min(len(stream), 1<<10):], []byte{endPacket})) {
			t.Fatalf("%d rows and %v", len(rows), err)
		}
		if err == io.EOF {
			if cut, err := through(t, stream[:len(stream)-1], dialect{noEOF, cached}, forms...); err == io.EOF {
				t.Fatalf("%d rows, though the last byte is missing", len(cut))
			}
		}
	})
}
