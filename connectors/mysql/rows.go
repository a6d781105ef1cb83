package mysql

import (
	"bytes"
	"database/sql/driver"
	"io"
	"strconv"

	mysql "github.com/go-sql-driver/mysql"
)

// rows are a running SELECT's.
type rows interface {
	Close() error
	// fit tells whether the answer has the columns that the batch collects.
	fit(*batch) bool
	// next puts a row into the batch, or says which column refused it and why. Its error is
	// io.EOF after the server's own end of the rows, and never else.
	next(*batch) (int, flaw, error)
	// refused is the row that next has not put into the batch, until the next call.
	refused() []driver.Value
}

// driverRows are read by the driver.
type driverRows struct {
	driver.Rows
	row []driver.Value
}

func (r *driverRows) fit(b *batch) bool { return len(r.row) == len(b.columns) }

func (r *driverRows) next(b *batch) (int, flaw, error) {
	if err := r.Next(r.row); err != nil {
		return 0, sound, err
	}
	i, f := b.append(r.row)
	return i, f, nil
}

func (r *driverRows) refused() []driver.Value { return r.row }

// kind is what a value's text on the wire stands for.
type kind int

const (
	texts kind = iota // and everything else that comes as it is
	wholes
	reals
)

// kindOf is the kind of a column type (MySQL Internals, Protocol::ColumnType).
func kindOf(columnType byte) kind {
	switch columnType {
	case 1, 2, 3, 8, 9, 13: // TINY, SHORT, LONG, LONGLONG, INT24, YEAR
		return wholes
	case 4, 5: // FLOAT, DOUBLE
		return reals
	}
	return texts
}

// wireRows are read off the wire (MySQL Internals, Text Resultset).
type wireRows struct {
	packets packets
	noEOF   bool
	kinds   []kind
	last    []driver.Value
}

// header reads what comes before the rows: the number of columns and their definitions.
func (r *wireRows) header(cached bool) error {
	p, err := r.packets.next()
	if err != nil {
		return err
	}
	if p[0] == errPacket {
		return serverError(p)
	}
	if p[0] == fileRequest {
		return errFileAsked
	}
	// No rows are promised where the count is 0.
	count, rest, ok := lengthEncoded(p)
	if !ok || count == 0 || cached && !bytes.HasPrefix(rest, []byte{1}) {
		return mysql.ErrMalformPkt
	}
	for range count {
		if p, err = r.packets.next(); err != nil {
			return err
		}
		t, ok := columnType(p)
		if !ok {
			return mysql.ErrMalformPkt
		}
		r.kinds = append(r.kinds, kindOf(t))
	}
	if r.noEOF {
		return nil
	}
	if p, err = r.packets.next(); err == nil && (p[0] != endPacket || len(p) != 5) {
		err = mysql.ErrMalformPkt
	}
	return err
}

// columnType finds the type in a column's definition, behind six names.
func columnType(p []byte) (byte, bool) {
	for range 6 {
		_, rest, _, ok := cutValue(p)
		if !ok {
			return 0, false
		}
		p = rest
	}
	// A length of 12; character set (2), width (4), type, flags (2), decimals, 2 unused.
	if len(p) != 13 || p[0] != 12 {
		return 0, false
	}
	return p[7], true
}

func (r *wireRows) fit(b *batch) bool {
	if len(r.kinds) != len(b.columns) {
		return false
	}
	for i, k := range r.kinds {
		if !b.columns[i].takes(k) {
			return false
		}
	}
	return true
}

func (r *wireRows) next(b *batch) (int, flaw, error) {
	p, err := r.packets.next()
	if err != nil {
		return 0, sound, err
	}
	switch {
	case p[0] == errPacket:
		return 0, sound, serverError(p)
	case p[0] == endPacket && len(p) < maxPayload:
		return 0, sound, r.end(p)
	}
	i, f, ok := b.appendWire(p)
	if ok && f != sound {
		ok = r.keep(p)
	}
	if !ok {
		return 0, sound, mysql.ErrMalformPkt
	}
	return i, f, nil
}

// end reads the packet behind the last row. Nothing may follow it: the driver's next command
// would take that for its answer.
func (r *wireRows) end(p []byte) error {
	status := p[1:]
	ok := true
	if r.noEOF {
		for range 2 { // rows changed, last number given
			if ok {
				_, status, ok = lengthEncoded(status)
			}
		}
	} else if ok = len(p) == 5; ok {
		status = status[2:] // warnings
	}
	const moreResults = 1 << 3
	if !ok || len(status) < 2 || status[0]&moreResults != 0 || r.packets.in.Buffered() > r.packets.used {
		return mysql.ErrMalformPkt
	}
	if _, err := r.packets.in.Discard(r.packets.used); err != nil {
		return err
	}
	r.packets.used = 0
	return io.EOF
}

// keep takes a row apart that a column has refused, into the values the driver would make.
func (r *wireRows) keep(p []byte) bool {
	r.last = r.last[:0]
	for _, k := range r.kinds {
		value, rest, null, ok := cutValue(p)
		if !ok {
			return false
		}
		p = rest
		var v driver.Value
		if !null {
			v = boxed(k, value)
		}
		r.last = append(r.last, v)
	}
	return len(p) == 0
}

func (r *wireRows) refused() []driver.Value { return r.last }

// Close has nothing to do: rows that were not read to their end leave no usable connection.
func (r *wireRows) Close() error { return nil }

// boxed is a value as the driver makes it of a kind; a number that is none stays as it is.
func boxed(k kind, text []byte) driver.Value {
	switch k {
	case wholes:
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
			return n
		}
	case reals:
		if x, err := strconv.ParseFloat(string(text), 64); err == nil {
			return x
		}
	}
	return text
}
