package standardize

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/zeebo/xxh3"
)

// hash makes _hash: XXH3-128 over the pulled texts of the collected columns in
// order of item name, each as 0 for NULL, or its length plus one as a varint and
// its bytes; in hex, most significant digit first. It depends on nothing but the
// values and the items' names and number.
func (r *batch) hash() arrow.Array {
	readers := make([]reader, len(r.hashed))
	for i, at := range r.hashed {
		readers[i] = openColumn(r.rec.Column(r.columns[at].source))
	}
	out := newCells(r.alloc, arrow.BinaryTypes.String, r.rows, 32*r.rows)
	var row, cell []byte
	var digits [32]byte
	for i := range r.rows {
		row = row[:0]
		for n, at := range r.hashed {
			if r.rec.Column(r.columns[at].source).IsNull(i) {
				row = append(row, 0)
				continue
			}
			got := readers[n](i, cell[:0])
			row = binary.AppendUvarint(row, uint64(len(got))+1)
			row = append(row, got...)
		}
		sum := xxh3.Hash128(row).Bytes()
		hex.Encode(digits[:], sum[:])
		out.put(i, digits[:])
	}
	return out.array()
}

// keyReader shows a row's key as pulled: a JSON array of the key columns' texts,
// "" for a keyless resource.
func (r *batch) keyReader() func(row int) string {
	readers := make([]reader, len(r.keys))
	for i, at := range r.keys {
		readers[i] = openColumn(r.rec.Column(r.columns[at].source))
	}
	return func(row int) string {
		if len(readers) == 0 {
			return ""
		}
		parts := make([]*string, len(readers))
		for i, at := range r.keys {
			if !r.rec.Column(r.columns[at].source).IsNull(row) {
				s := string(escapeBytes(readers[i](row, nil)))
				parts[i] = &s
			}
		}
		b, err := json.Marshal(parts)
		if err != nil {
			return ""
		}
		return string(b)
	}
}

// rowPlace names a row: part or file, and the row's number in it from 1.
func rowPlace(place string, row int64) string {
	return place + "#" + strconv.FormatInt(row, 10)
}

// escapeBytes shows what is no UTF-8 as \xNN.
func escapeBytes(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	var out []byte
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			out = fmt.Appendf(out, `\x%02X`, b[0])
		} else {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return out
}
