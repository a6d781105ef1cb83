package excel

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"strings"

	"guiji/connectors/files"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// What an opened file may turn out to be instead of a workbook.
var (
	errNoWorkbook = errors.New("no workbook")
	errBinary     = errors.New("a binary workbook")
	errEncrypted  = errors.New("an encrypted workbook")
)

// refuse tells what a file is that is no zip archive.
func (b *book) refuse(err error) error {
	head := make([]byte, 8)
	if n, _ := b.handle.ReadAt(head, 0); n < len(head) {
		return errNoWorkbook
	}
	switch {
	case string(head) == "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1": // [MS-CFB] 2.2
		if b.holds("EncryptedPackage") { // [MS-OFFCRYPTO] 2.3.4.4
			return errEncrypted
		}
		return errBinary
	case string(head[:2]) == "PK":
		return errDamaged
	case errors.Is(err, zip.ErrFormat):
		return errNoWorkbook
	}
	return err
}

// holds looks for a name, as a compound file writes them, in the whole file.
func (b *book) holds(name string) bool {
	wanted := []byte(strings.Join(strings.Split(name, ""), "\x00") + "\x00")
	buf := make([]byte, 1<<20)
	for at := int64(0); ; at += int64(len(buf) - len(wanted)) {
		n, err := b.handle.ReadAt(buf, at)
		if bytes.Contains(buf[:n], wanted) {
			return true
		}
		if err != nil || b.ctx.Err() != nil {
			return false
		}
	}
}

// explain gives an error a kind. What the XML reader says is not told: it may hold a
// piece of the data.
func (b *book) explain(err error) error {
	var own *fault.Error
	var syntax *xml.SyntaxError
	var value *xml.UnmarshalError
	var deflate flate.CorruptInputError
	var disk *fs.PathError
	data := func(key, hint text.Key, args ...any) error {
		return fault.New(fault.Data, key, append([]any{b.Name}, args...)...).Try(hint)
	}
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return files.Interrupted(b.Name, err)
	case errors.Is(err, errTooLarge):
		return data("excel.too_large", "excel.raise_limit")
	case errors.Is(err, errLongRow):
		return data("excel.long_row", "excel.deliver_again")
	case errors.Is(err, errEncrypted):
		return data("excel.encrypted", "excel.take_password_off")
	case errors.Is(err, errBinary):
		return data("excel.old", "excel.save_as_xlsx")
	case errors.Is(err, errNoWorkbook):
		return data("excel.no_workbook", "excel.save_as_xlsx")
	case errors.As(err, &disk):
		return fault.New(fault.Unreachable, "files.unreadable", b.Name).Because(err)
	case errors.Is(err, errDamaged), errors.As(err, &syntax), errors.As(err, &value), errors.As(err, &deflate), errors.Is(err, zip.ErrChecksum),
		errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return data("excel.damaged", "excel.deliver_again")
	}
	return data("excel.damaged", "excel.deliver_again")
}
