package csvfile

import (
	"bytes"
	"errors"
	"io"

	"guiji/internal/text"
)

// Why a record is no row: reasons of lake.BadRow.
const (
	reasonQuote  text.Key = "csvfile.broken_quotes"
	reasonFields text.Key = "csvfile.wrong_fields"
	reasonBytes  text.Key = "csvfile.undecodable"
	reasonHeader text.Key = "csvfile.header_again"
	reasonZero   text.Key = "csvfile.zero_byte"
)

// maxRecord is how long a record may be; a file without line ends is no table.
const maxRecord = 64 << 20

var errLongLine = errors.New("a line is longer than 64 MiB")

// scanner splits UTF-8 into records as RFC 4180 has them. What it takes beyond
// that: \n alone ends a record, blank lines and comments are no records. Where
// quotes are broken, the line is handed out as it is with a reason, and scanning
// goes on with the line after it: a quote that is never closed costs one line.
type scanner struct {
	from       io.Reader
	delimiter  byte
	quote      byte // 0: none
	comment    byte // 0: none
	buf        []byte
	start, end int
	eof        bool
	line       int // of buf[start], from 1

	// The record next found, valid until the following call.
	at     int      // its first line
	text   []byte   // as it stands, without the line end
	fields [][]byte // unquoted
	broken bool

	spans   []span
	scratch []byte // fields that held doubled quotes
}

// span is a field: a piece of the record's bytes, or of scratch.
type span struct {
	from, to int
	scratch  bool
}

func newScanner(from io.Reader, s *Settings) *scanner {
	return &scanner{from: from, delimiter: s.delimiter(), quote: s.quote(), comment: s.comment(), buf: make([]byte, 512<<10), line: 1}
}

// next finds the next record; io.EOF after the last.
func (s *scanner) next() error {
	for {
		length, after, err := s.findLine()
		if err != nil {
			return err
		}
		line := s.buf[s.start : s.start+length]
		if len(line) == 0 || (s.comment != 0 && line[0] == s.comment) {
			s.advance(after, 1)
			continue
		}
		s.at, s.broken = s.line, false
		if s.quote == 0 || bytes.IndexByte(line, s.quote) < 0 {
			s.text = line
			s.split(line)
			s.advance(after, 1)
			return nil
		}
		return s.quoted(length, after)
	}
}

// findLine gives the length of the line at the start without its end, and where
// the next begins.
func (s *scanner) findLine() (length, after int, err error) {
	seen := 0
	for {
		b := s.buf[s.start:s.end]
		if i := bytes.IndexByte(b[seen:], '\n'); i >= 0 {
			length = seen + i
			after = length + 1
			if length > 0 && b[length-1] == '\r' {
				length--
			}
			return length, after, nil
		}
		seen = len(b)
		more, err := s.more()
		if err != nil {
			return 0, 0, err
		}
		if !more {
			if seen == 0 {
				return 0, 0, io.EOF
			}
			length = seen
			if b := s.buf[s.start:s.end]; b[length-1] == '\r' {
				length--
			}
			return length, seen, nil
		}
		if seen > maxRecord {
			return 0, 0, errLongLine
		}
	}
}

// more reads on, keeping what lies from start; false at the end of the file.
func (s *scanner) more() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	if len(s.buf)-s.end < len(s.buf)/2 {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for {
		n, err := s.from.Read(s.buf[s.end:])
		s.end += n
		switch {
		case err == io.EOF:
			s.eof = true
			return n > 0, nil
		case err != nil:
			return false, err
		case n > 0:
			return true, nil
		}
	}
}

func (s *scanner) advance(bytes, lines int) {
	s.start += bytes
	s.line += lines
}

// skipLines leaves lines out, whatever they hold.
func (s *scanner) skipLines(n int) error {
	for range n {
		_, after, err := s.findLine()
		if err != nil {
			return err
		}
		s.advance(after, 1)
	}
	return nil
}

// split cuts a line without quotes.
func (s *scanner) split(line []byte) {
	s.fields = s.fields[:0]
	for {
		i := bytes.IndexByte(line, s.delimiter)
		if i < 0 {
			s.fields = append(s.fields, line)
			return
		}
		s.fields = append(s.fields, line[:i])
		line = line[i+1:]
	}
}

// quoted reads a record that has a quote in its first line, which is length
// bytes long and ends before after.
func (s *scanner) quoted(length, after int) error {
	s.spans, s.scratch = s.spans[:0], s.scratch[:0]
	at := 0
	for {
		next, ok, last, err := s.field(at)
		if err != nil {
			return err
		}
		if !ok {
			s.broken = true
			s.text = s.buf[s.start : s.start+length]
			s.advance(after, 1)
			return nil
		}
		if last {
			s.finish(next)
			return nil
		}
		at = next
	}
}

// finish makes fields out of spans once the record, which ends before after,
// will not move any more.
func (s *scanner) finish(after int) {
	record := s.buf[s.start : s.start+after]
	s.fields = s.fields[:0]
	for _, p := range s.spans {
		if p.scratch {
			s.fields = append(s.fields, s.scratch[p.from:p.to])
			continue
		}
		s.fields = append(s.fields, record[p.from:p.to])
	}
	s.text = bytes.TrimSuffix(bytes.TrimSuffix(record, []byte{'\n'}), []byte{'\r'})
	lines := bytes.Count(s.text, []byte{'\n'}) + 1
	s.advance(after, lines)
}

// field reads one field from at on, counted from the record's start. next is
// where the following field, or after last the following record, begins. ok is
// false if a quote stands where none may.
func (s *scanner) field(at int) (next int, ok, last bool, err error) {
	c, have, err := s.byteAt(at)
	if err != nil {
		return 0, false, false, err
	}
	if have && c == s.quote {
		return s.quotedField(at + 1)
	}
	for i := at; ; i++ {
		c, have, err := s.byteAt(i)
		switch {
		case err != nil:
			return 0, false, false, err
		case !have || c == '\n':
			s.spans = append(s.spans, span{from: at, to: s.withoutReturn(at, i)})
			if have {
				i++
			}
			return i, true, true, nil
		case c == s.delimiter:
			s.spans = append(s.spans, span{from: at, to: i})
			return i + 1, true, false, nil
		case c == s.quote:
			return 0, false, false, nil
		}
	}
}

// withoutReturn is to less a carriage return before it.
func (s *scanner) withoutReturn(from, to int) int {
	if to > from && s.buf[s.start+to-1] == '\r' {
		return to - 1
	}
	return to
}

// quotedField reads a field whose first byte after the quote is at at.
func (s *scanner) quotedField(at int) (next int, ok, last bool, err error) {
	scratchFrom, from, doubled := len(s.scratch), at, false
	for {
		i, found, err := s.find(s.quote, at)
		if err != nil || !found {
			return 0, false, false, err
		}
		c, have, err := s.byteAt(i + 1)
		if err != nil {
			return 0, false, false, err
		}
		if have && c == s.quote {
			s.scratch = append(s.scratch, s.buf[s.start+from:s.start+i+1]...)
			at, from, doubled = i+2, i+2, true
			continue
		}
		if doubled {
			s.scratch = append(s.scratch, s.buf[s.start+from:s.start+i]...)
			s.spans = append(s.spans, span{from: scratchFrom, to: len(s.scratch), scratch: true})
		} else {
			s.spans = append(s.spans, span{from: from, to: i})
		}
		return s.afterQuote(i + 1)
	}
}

// afterQuote reads what may follow a closing quote: delimiter, line end, nothing.
func (s *scanner) afterQuote(at int) (next int, ok, last bool, err error) {
	c, have, err := s.byteAt(at)
	switch {
	case err != nil:
		return 0, false, false, err
	case !have:
		return at, true, true, nil
	case c == s.delimiter:
		return at + 1, true, false, nil
	case c == '\n':
		return at + 1, true, true, nil
	case c == '\r':
		c, have, err = s.byteAt(at + 1)
		if err == nil && !have {
			return at + 1, true, true, nil
		}
		return at + 2, c == '\n', true, err
	}
	return 0, false, false, nil
}

// byteAt is the byte at a place counted from the record's start.
func (s *scanner) byteAt(at int) (c byte, have bool, err error) {
	for s.start+at >= s.end {
		more, err := s.more()
		if err != nil || !more {
			return 0, false, err
		}
	}
	return s.buf[s.start+at], true, nil
}

// find looks for a byte from at on; not found too where the record would be too long.
func (s *scanner) find(c byte, at int) (i int, found bool, err error) {
	for {
		if s.start+at < s.end {
			if i := bytes.IndexByte(s.buf[s.start+at:s.end], c); i >= 0 {
				return at + i, true, nil
			}
			at = s.end - s.start
		}
		if at > maxRecord {
			return 0, false, nil
		}
		more, err := s.more()
		if err != nil || !more {
			return 0, false, err
		}
	}
}
