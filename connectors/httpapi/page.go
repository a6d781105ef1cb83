package httpapi

import (
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/zeebo/xxh3"

	"guiji/internal/fault"
)

// facts is what a page says around its records.
type facts struct {
	records int64
	digest  xxh3.Uint128 // of the records' bytes
	total   int64        // over all pages; -1 is not said
	next    string       // token or URL of the next page, "" is none
	points  bool         // there is a member that tells of it
}

// maxRecordBytes is what one record may take: it has to be in memory whole.
const maxRecordBytes = 64 << 20

var (
	errTooLarge = errors.New("a record is too large")
	errEnough   = errors.New("enough records were seen")
)

// walk is one passage over a page. Names and texts around the records may hold bytes that are
// no text; what matters is judged where it is used.
type walk struct {
	dec    *jsontext.Decoder
	meter  *meter
	record func(raw jsontext.Value) error
	found  [4]jsontext.Value // by the numbers of envelope's paths; the records' is not kept
	array  jsontext.Kind     // what stands at the records' path; 0 is nothing

	stopped error // what record ended the passage with
}

// meter ends the reading of what grows without end.
type meter struct {
	from  io.Reader
	since int
}

func (m *meter) Read(b []byte) (int, error) {
	if m.since > maxRecordBytes {
		return 0, errTooLarge
	}
	n, err := m.from.Read(b)
	m.since += n
	return n, err
}

// each hands over the records of a page, in their order. raw is valid until record returns.
func (t *table) each(p *spool, record func(raw jsontext.Value) error) (*walk, error) {
	root, err := t.envelope()
	if err != nil {
		return nil, err
	}
	w := &walk{meter: &meter{from: p.open()}, record: record}
	w.dec = jsontext.NewDecoder(w.meter, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err = w.value(root)
	if w.stopped != nil {
		return w, w.stopped
	}
	if err != nil {
		return w, t.broken(w, err)
	}
	if _, err := w.dec.ReadToken(); err != io.EOF {
		return w, t.broken(w, err)
	}
	return w, nil
}

// broken says what is wrong with a page. The decoder's own words hold names and characters of
// it, so only the place is told.
func (t *table) broken(w *walk, err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooLarge):
		return fault.New(fault.Data, "httpapi.record_bytes", t.at, maxRecordBytes)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.New(fault.Unreachable, "httpapi.json_cut", t.at, w.dec.InputOffset())
	case err == nil:
		return fault.New(fault.Data, "httpapi.json", t.at, w.dec.InputOffset())
	case errors.As(err, &syntax):
		return fault.New(fault.Data, "httpapi.json", t.at, syntax.ByteOffset)
	}
	return err
}

var errTwice = errors.New("a name stands twice")

// value reads the value the decoder stands at, with what is looked for in it.
func (w *walk) value(n *node) error {
	kind := w.dec.PeekKind()
	switch {
	case slices.Contains(n.ends, atRecords):
		w.array = kind
		if kind != '[' {
			return w.dec.SkipValue()
		}
		return w.elements()
	case len(n.ends) > 0:
		raw, err := w.dec.ReadValue()
		w.found[n.ends[0]] = raw.Clone()
		return err
	case kind != '{' || len(n.children) == 0:
		return w.dec.SkipValue()
	}
	return w.members(n)
}

func (w *walk) members(n *node) error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	seen := map[*node]bool{}
	for w.dec.PeekKind() != '}' {
		name, err := w.dec.ReadToken()
		if err != nil {
			return err
		}
		child := n.children[name.String()]
		switch {
		case child == nil:
			err = w.dec.SkipValue()
		case seen[child]:
			return errTwice
		default:
			seen[child] = true
			err = w.value(child)
		}
		if err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

func (w *walk) elements() error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	for w.dec.PeekKind() != ']' {
		w.meter.since = 0
		raw, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		if w.stopped = w.record(raw); w.stopped != nil {
			return w.stopped
		}
	}
	w.meter.since = 0
	_, err := w.dec.ReadToken()
	return err
}

// survey reads a page once before anything of it is handed on: it must be whole, say that it is
// an answer, and have its records where they are looked for.
func (t *table) survey(p *spool) (facts, error) {
	out := facts{total: -1}
	hash := xxh3.New()
	w, err := t.each(p, func(raw jsontext.Value) error {
		out.records++
		_, _ = hash.Write(raw) // a hash takes anything
		_, _ = hash.Write([]byte{0})
		return nil
	})
	if errors.Is(err, errTwice) {
		return out, fault.New(fault.Data, "httpapi.twice", t.at)
	}
	if err != nil {
		return out, err
	}
	out.digest = hash.Sum128()
	if t.success.Path != "" && !slices.Contains(t.success.Values, plain(w.found[atSuccess])) {
		return out, fault.New(fault.Data, "httpapi.no_success", t.at, t.success.Path).Try("httpapi.no_success.hint")
	}
	// Many servers write an empty list as null. Without a total or a code beside it, it may as
	// well be an error.
	if empty := w.array == 'n' && (t.Total != "" || t.success.Path != ""); w.array != '[' && !empty {
		return out, fault.New(fault.Data, "httpapi.no_records", t.at, t.Records).Try("httpapi.no_records.hint")
	}
	if t.Total != "" {
		if out.total, err = strconv.ParseInt(plain(w.found[atTotal]), 10, 64); err != nil || out.total < 0 {
			return out, fault.New(fault.Data, "httpapi.no_total", t.at, t.Total)
		}
	}
	out.next, out.points = plain(w.found[atNext]), w.found[atNext] != nil
	return out, nil
}

// plain is a value of the envelope as text: a text's own, a number's or a word's as they are
// written; null and nothing are "".
func plain(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		text, _ := jsontext.AppendUnquote(nil, v) // what is no text in it becomes U+FFFD, and fits nothing
		return string(text)
	case 'n', jsontext.KindInvalid:
		return ""
	}
	return string(v)
}
