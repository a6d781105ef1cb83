package csvfile

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"guiji/internal/gb18030"
)

// decoder turns bytes of an encoding into UTF-8. It stops before a character
// that is not whole unless last is set. dst has room for 8 bytes at least.
type decoder interface {
	decode(dst, src []byte, last bool) (written, read int)
}

// utf16Decoder reads units of two bytes. A surrogate alone becomes the bytes
// that UTF-8 forbids for it, so that its record shows.
type utf16Decoder struct{ big bool }

func (u utf16Decoder) unit(b []byte) rune {
	if u.big {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

func (u utf16Decoder) decode(dst, src []byte, last bool) (written, read int) {
	for len(src)-read >= 2 && written+8 <= len(dst) {
		r, n := u.unit(src[read:]), 2
		if utf16.IsSurrogate(r) {
			if len(src)-read < 4 && !last {
				return written, read
			}
			pair := utf8.RuneError
			if len(src)-read >= 4 {
				pair = utf16.DecodeRune(r, u.unit(src[read+2:]))
			}
			if pair == utf8.RuneError {
				dst[written], dst[written+1], dst[written+2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF
				written, read = written+3, read+2
				continue
			}
			r, n = pair, 4
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += n
	}
	if last && len(src)-read == 1 && written < len(dst) {
		dst[written] = 0xFF // half a unit
		return written + 1, read + 1
	}
	return written, read
}

// gbDecoder reads GB 18030, or its two-byte part alone.
type gbDecoder struct {
	*gb18030.Table
	gbk bool
}

func (g gbDecoder) decode(dst, src []byte, last bool) (written, read int) {
	return g.Decode(dst, src, g.gbk, last)
}

// transcoder is a reader of UTF-8 over one of another encoding.
type transcoder struct {
	from       io.Reader
	decoder    decoder
	raw        []byte
	start, end int
	err        error
}

func newTranscoder(from io.Reader, d decoder) *transcoder {
	return &transcoder{from: from, decoder: d, raw: make([]byte, 256<<10)}
}

// Read fills p as far as one piece of the source goes. p has 8 bytes at least.
func (t *transcoder) Read(p []byte) (int, error) {
	for {
		if t.start < t.end {
			written, read := t.decoder.decode(p, t.raw[t.start:t.end], t.err != nil)
			t.start += read
			if written > 0 {
				return written, nil
			}
		}
		if t.err != nil {
			return 0, t.err
		}
		t.end = copy(t.raw, t.raw[t.start:t.end])
		t.start = 0
		n, err := t.from.Read(t.raw[t.end:])
		t.end += n
		t.err = err
	}
}

// mark is the encoding a byte order mark at the beginning tells, with the mark's
// length; "" without one.
func mark(head []byte) (encoding string, length int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return "utf-8", 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le", 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be", 2
	}
	return "", 0
}

// decoderOf is the decoder of an encoding; nil for UTF-8, which needs none.
func (s *Source) decoderOf(encoding string) decoder {
	switch encoding {
	case "gb18030":
		return gbDecoder{Table: s.gb}
	case "gbk":
		return gbDecoder{Table: s.gb, gbk: true}
	case "utf-16le":
		return utf16Decoder{}
	case "utf-16be":
		return utf16Decoder{big: true}
	}
	return nil
}

// suggest names an encoding in which the beginning of a file reads well: the
// first of UTF-8, UTF-16 and GB 18030 without a byte that is no character; "" if none.
func (s *Source) suggest(head []byte) string {
	if enc, _ := mark(head); enc != "" {
		return enc
	}
	for _, enc := range []string{"utf-8", "utf-16le", "utf-16be", "gb18030"} {
		text := head
		if d := s.decoderOf(enc); d != nil {
			if _, wide := d.(utf16Decoder); wide && bytes.IndexByte(head, 0) < 0 {
				continue // a table in UTF-16 has delimiters, so it has zero bytes
			}
			text = make([]byte, 2*len(head)+8)
			n, _ := d.decode(text, head, false)
			text = text[:n]
		} else {
			text = text[:len(text)-partial(text)]
		}
		if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 {
			return enc
		}
	}
	return ""
}

// partial is how many bytes at the end begin a character that goes on.
func partial(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
