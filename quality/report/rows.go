package report

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// rowFile are the rows of a sheet below its header as the sheet's own XML (ISO/IEC 29500-1,
// 18.3.1.73: rows of numbers and of inline texts), in a temporary file (0600). The library
// keeps 16 MB of every sheet that is open and grows to twice that: a work list has ten
// sheets, and those that go on in further files are open twice.
type rowFile struct {
	file    *os.File
	out     *bufio.Writer
	columns []string // A, B, …
	styles  []string // of the columns' cells
	line    []byte
	escaped bytes.Buffer
}

// newRowFile makes the file in a folder; styles are those of the columns, as the book numbers
// them.
func newRowFile(dir string, styles []int) (*rowFile, error) {
	f, err := os.CreateTemp(dir, "rows-")
	if err != nil {
		return nil, fmt.Errorf("file of a sheet's rows: %w", err)
	}
	r := &rowFile{file: f, out: bufio.NewWriterSize(f, 1<<16)}
	for i, s := range styles {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		r.columns, r.styles = append(r.columns, name), append(r.styles, strconv.Itoa(s))
	}
	return r, nil
}

// add writes row number n; height is in points, 0: as tall as one line.
func (r *rowFile) add(n int, height float64, cells []any) error {
	number := strconv.Itoa(n)
	line := append(append(append(r.line[:0], `<row r="`...), number...), '"')
	if height > 0 {
		line = append(strconv.AppendFloat(append(line, ` ht="`...), height, 'f', -1, 64), `" customHeight="1"`...)
	}
	line = append(line, '>')
	for i, v := range cells {
		if v == nil {
			continue
		}
		line = append(append(append(line, `<c r="`...), r.columns[i]...), number...)
		line = append(append(append(line, `" s="`...), r.styles[i]...), '"')
		switch v := v.(type) {
		case int64:
			line = append(strconv.AppendInt(append(line, `><v>`...), v, 10), `</v></c>`...)
		case string:
			line = append(r.text(append(line, ` t="inlineStr"><is><t`...), v), `</t></is></c>`...)
		default:
			return fmt.Errorf("cell %s%d: a %T is neither a count nor a text", r.columns[i], n, v)
		}
	}
	r.line = append(line, `</row>`...)
	_, err := r.out.Write(r.line)
	return err
}

// text appends what of a cell's text comes after <t. Blanks at its ends are kept.
func (r *rowFile) text(to []byte, s string) []byte {
	if s != "" && (strings.IndexByte(blanks, s[0]) >= 0 || strings.IndexByte(blanks, s[len(s)-1]) >= 0) {
		to = append(to, ` xml:space="preserve"`...)
	}
	to = append(to, '>')
	r.escaped.Reset()
	_ = xml.EscapeText(&r.escaped, []byte(s)) // the buffer's errors are none
	rest := bytes.ReplaceAll(r.escaped.Bytes(), []byte("&#xA;"), []byte("\n"))
	for {
		i := escapeAt(rest)
		if i < 0 {
			return append(to, rest...)
		}
		to, rest = append(append(to, rest[:i]...), "_x005F_"...), rest[i+1:]
	}
}

const blanks = "\t\n\r "

// escapeAt is where an underscore stands that spreadsheets would read as the beginning of a
// character's code, _xHHHH_ (ISO/IEC 29500-1, 22.9.2.19): it is written as its own code. -1:
// nowhere.
func escapeAt(s []byte) int {
	for from := 0; ; {
		i := bytes.Index(s[from:], []byte("_x"))
		if i < 0 {
			return -1
		}
		at := from + i
		if rest := s[at+2:]; len(rest) >= 5 && rest[4] == '_' && len(bytes.Trim(rest[:4], "0123456789abcdefABCDEF")) == 0 {
			return at
		}
		from = at + 1
	}
}

// copyTo hands the rows over.
func (r *rowFile) copyTo(w io.Writer) error {
	if err := r.out.Flush(); err != nil {
		return err
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, r.file)
	return err
}

// remove lets go of the file.
func (r *rowFile) remove() {
	_ = r.file.Close()
	_ = os.Remove(r.file.Name())
}
