package csvfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"guiji/connectors/files"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// opened is a file being read, its header behind it.
type opened struct {
	files.File
	handle   *os.File
	encoding string // by mark or declaration
	scan     *scanner
	header   []string // column names, trimmed; nil: no header, so far
}

// open opens a file and reads its header. The file must be what it was when it
// was described: fault.Changed otherwise.
func (s *Source) open(ctx context.Context, f files.File) (*opened, error) {
	handle, err := s.folder.Open(f)
	if err != nil {
		return nil, err
	}
	o := &opened{File: f, handle: handle, encoding: s.settings.Encoding}
	if err := o.start(ctx, s); err != nil {
		handle.Close()
		return nil, err
	}
	return o, nil
}

func (o *opened) start(ctx context.Context, s *Source) error {
	head := make([]byte, 3)
	n, err := o.handle.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return files.Fault(err, o.Name)
	}
	marked, length := mark(head[:n])
	if marked != "" {
		o.encoding = marked
	}
	if _, err := o.handle.Seek(int64(length), io.SeekStart); err != nil {
		return files.Fault(err, o.Name)
	}
	var from io.Reader = files.Canceller{Ctx: ctx, From: o.handle}
	if d := s.decoderOf(o.encoding); d != nil {
		from = newTranscoder(from, d)
	}
	o.scan = newScanner(from, &s.settings)
	return o.readHeader(s)
}

// readHeader reads the names, or counts the first record's fields where there are none.
func (o *opened) readHeader(s *Source) error {
	if s.settings.Header == 0 {
		return o.lines(o.scan.skipLines(s.settings.Skip))
	}
	err := o.scan.skipLines(s.settings.Header - 1)
	if err == nil {
		err = o.scan.next()
	}
	if err != nil {
		return o.lines(err)
	}
	switch {
	case !utf8.Valid(o.scan.text):
		return s.wrongEncoding(o, "csvfile.header_encoding")
	case o.scan.broken:
		return fault.New(fault.Config, "csvfile.header_quotes", o.Name, o.scan.at)
	}
	for _, f := range o.scan.fields {
		o.header = append(o.header, strings.Trim(string(f), blanks))
	}
	err = o.scan.skipLines(s.settings.Skip)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return o.lines(err)
}

// blanks are what names lose around them.
const blanks = " \t\r\n\u00a0\u3000\ufeff\u200b"

// again reports a record that is the header once more, as files have that were put together
// of several. One name alone may be a value.
func (o *opened) again() bool {
	fields := o.scan.fields
	if len(o.header) < 2 || len(fields) != len(o.header) || len(fields[0]) < len(o.header[0]) {
		return false
	}
	for i, f := range fields {
		if string(f) == o.header[i] {
			continue
		}
		if !bytes.Contains(f, []byte(o.header[i])) || string(bytes.Trim(f, blanks)) != o.header[i] { // trimming is slow
			return false
		}
	}
	return true
}

// lines makes a fault of what the scanner says; a file without the lines asked
// for has no header.
func (o *opened) lines(err error) error {
	switch {
	case err == nil:
		return nil
	case err == io.EOF:
		return fault.New(fault.Data, "csvfile.no_header", o.Name).Try("csvfile.deliver_again")
	case err == errLongLine:
		return fault.New(fault.Data, "csvfile.long_line", o.Name, o.scan.line)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return files.Interrupted(o.Name, err)
	}
	return fault.New(fault.Unreachable, "files.unreadable", o.Name).Because(err)
}

// close ends the reading. Nothing was written, so there is nothing to learn from
// an error.
func (o *opened) close() { o.handle.Close() }

// wrongEncoding names the encoding that the file seems to have instead.
func (s *Source) wrongEncoding(o *opened, key text.Key) error {
	err := fault.New(fault.Config, key, o.Name, o.encoding)
	if better := s.suggest(o.head()); better != "" && better != o.encoding {
		return err.Try("csvfile.set_encoding", better)
	}
	return err.Try("csvfile.ask_encoding")
}

// head is the beginning of the file, as it stands.
func (o *opened) head() []byte {
	head := make([]byte, 64<<10)
	n, err := o.handle.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil
	}
	return head[:n]
}
