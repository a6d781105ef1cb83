package excel

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// area is a block of merged cells: columns from 0, rows from 1.
type area struct{ left, top, right, bottom int }

func (a area) covers(column, row int) bool {
	return column >= a.left && column <= a.right && row >= a.top && row <= a.bottom
}

// merged reads which cells of a sheet's head are merged.
func (b *book) merged(at string) ([]area, error) { return b.areas(at, mostSearched+mostHeaderRows) }

// areas reads which cells of a sheet are merged that begin no lower than a row. They are
// listed behind all rows, so the sheet is unpacked for them, its rows unread.
func (b *book) areas(at string, lowest int) ([]area, error) {
	part, err := b.unpack(at)
	if err != nil {
		return nil, err
	}
	left := b.left // the same bytes again count once
	from := bufio.NewReaderSize(&meter{from: part, left: &left, most: 1 << 62}, 64<<10)
	if err := behindRows(from); err != nil {
		return nil, whole(err)
	}
	var out []area
	d := xml.NewDecoder(from)
	for {
		t, err := d.RawToken() // the elements around were opened before the rows
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "mergeCell" {
			continue
		}
		a, ok := block(attribute(start, "ref"))
		if !ok {
			return nil, errDamaged
		}
		if a.top <= lowest {
			out = append(out, a)
		}
		if len(out) > mostMerged {
			return nil, errDamaged
		}
	}
}

// mostMerged is more than the head of a sheet that people can read.
const mostMerged = 1 << 20

// behindRows reads up to the end of the rows: </sheetData>, with any prefix.
func behindRows(from *bufio.Reader) error {
	for {
		chunk, err := from.ReadSlice('>')
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return err
		}
		if bytes.HasSuffix(chunk, []byte("sheetData>")) || bytes.HasSuffix(chunk, []byte("sheetData/>")) {
			at := bytes.LastIndexByte(chunk, '<')
			if at >= 0 && (chunk[at+1] == '/' || chunk[len(chunk)-2] == '/') {
				return nil
			}
		}
	}
}

// block takes A1:C2 apart.
func block(ref string) (area, bool) {
	from, to, two := strings.Cut(ref, ":")
	if !two {
		to = from
	}
	left, top, ok := reference(from)
	right, bottom, ok2 := reference(to)
	return area{left, top, right, bottom}, ok && ok2
}

// dimension is the number of the last row in A1:F100; 0 if it does not say.
func dimension(ref string) int {
	a, ok := block(ref)
	if !ok {
		return 0
	}
	return a.bottom
}
