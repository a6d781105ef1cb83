package checks

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/quality"
)

// term is a time in which a code is in force, in days since 1970-01-01, inclusive.
type term struct{ from, to int64 }

// codesKernel finds codes, and the terms in which they are in force.
type codesKernel struct {
	column, at int // at: -1 without a date
	prefix     int // characters; 0: the whole value
	codes      *textTable
	terms      [][]term // by the code's number
	text       []byte
}

func newCodesKernel(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
	p := r.Params.(*InCodesParams)
	k := &codesKernel{at: -1, prefix: p.Prefix, text: make([]byte, 0, 20)}
	var err error
	if k.column, err = columnOf(r.Items[0], env); err != nil {
		return nil, err
	}
	if len(r.Items) > 1 {
		if k.at, err = columnOf(r.Items[1], env); err != nil {
			return nil, err
		}
	}
	table := env.Project.Codes[p.Table].Codes
	codes := make([]string, len(table))
	for i, c := range table {
		codes[i] = c.Code
	}
	k.codes = newTextTable(codes)
	k.terms = make([][]term, k.codes.count)
	for _, c := range table {
		n := k.codes.find([]byte(c.Code))
		k.terms[n] = append(k.terms[n], term{from: day(c.From, -1<<40), to: day(c.To, 1<<40)})
	}
	return k, nil
}

// day is a date of a code table in days since 1970-01-01.
func day(s string, open int64) int64 {
	layout := time.DateOnly
	if !strings.Contains(s, "-") {
		layout = "20060102"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return open // "", and what the catalogue has refused already
	}
	return t.Unix() / 86400
}

func (k *codesKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	column := rec.Column(k.column)
	col, isText := column.(*array.String)
	if isText && k.at < 0 && k.prefix == 0 {
		return k.codes.eachFound(col, fails, false)
	}
	number := k.ofNumber
	if isText {
		values := textsOf(col)
		number = func(_ arrow.Array, i int) int32 { return k.number(values.at(i)) }
	}
	dated := func(n int32, _ int) bool { return n >= 0 }
	if k.at >= 0 {
		at := rec.Column(k.at)
		dated = func(n int32, i int) bool { return n >= 0 && inForce(k.terms[n], at, i) }
	}
	valid, judge := presentIn(column), eachPair(func(i int) bool { return dated(number(column, i), i) })
	return valid.each(fails, judge)
}

// number is that of the code in a value; -1 for none.
func (k *codesKernel) number(v []byte) int32 {
	if k.prefix == 0 {
		return k.codes.find(v)
	}
	end := 0
	for range k.prefix {
		if end == len(v) {
			return -1
		}
		_, size := utf8.DecodeRune(v[end:])
		end += size
	}
	return k.codes.find(v[:end])
}

func (k *codesKernel) ofNumber(col arrow.Array, i int) int32 {
	k.text = strconv.AppendInt(k.text[:0], col.(*array.Int64).Value(i), 10)
	return k.number(k.text)
}

func inForce(terms []term, at arrow.Array, i int) bool {
	if at.IsNull(i) {
		return true
	}
	var d int64
	switch a := at.(type) {
	case *array.Date32:
		d = int64(a.Value(i))
	case *array.Timestamp:
		d = floorDiv(int64(a.Value(i)), microsPerDay)
	}
	for _, t := range terms {
		if t.from <= d && d <= t.to {
			return true
		}
	}
	return false
}

const microsPerDay = 86_400_000_000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
