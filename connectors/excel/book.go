package excel

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"guiji/connectors/files"
)

// book is a workbook being read. One goroutine uses it.
type book struct {
	files.File
	handle   *os.File
	parts    map[string]*zip.File // by name in small letters
	left     int64                // bytes it may still unpack to
	sheets   []part
	formats  []format // by a cell's style
	texts    *texts   // nil: it has none
	from1904 bool     // days are counted from 1904
	scratch  string
	closers  []io.Closer
	ctx      context.Context
}

// part is a named part of the file.
type part struct{ name, path string }

// open opens a workbook that must be what it was.
func (s *Source) open(ctx context.Context, f files.File) (*book, error) {
	handle, err := s.folder.Open(f)
	if err != nil {
		return nil, err
	}
	b := &book{File: f, handle: handle, parts: map[string]*zip.File{}, left: int64(s.settings.UnzipLimit) << 20, scratch: s.env.Scratch, ctx: ctx}
	if err := b.load(); err != nil {
		err = b.explain(err)
		b.close()
		return nil, err
	}
	return b, nil
}

// close lets go of the file. Nothing was written to it, so there is nothing to learn
// from an error.
func (b *book) close() {
	for _, c := range slices.Backward(b.closers) {
		_ = c.Close()
	}
	b.texts.close()
	b.handle.Close()
}

func (b *book) load() error {
	// The section answers offsets that are none, which a file may hold, with its end.
	z, err := zip.NewReader(io.NewSectionReader(b.handle, 0, b.Size), b.Size)
	if err != nil {
		return b.refuse(err)
	}
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if b.parts[name] != nil {
			return errDamaged // which of the two is it?
		}
		b.parts[name] = f
	}
	if b.parts["_rels/.rels"] == nil {
		return errNoWorkbook
	}
	roots, err := b.relations("")
	if err != nil {
		return err
	}
	main, ok := find(roots, "officeDocument")
	if !ok {
		return errNoWorkbook
	}
	if strings.HasSuffix(main.path, ".bin") {
		return errBinary
	}
	related, err := b.relations(main.path)
	if err != nil {
		return err
	}
	if err := b.workbook(main.path, related); err != nil {
		return err
	}
	if styles, ok := find(related, "styles"); ok {
		if err := b.styles(styles.path); err != nil {
			return err
		}
	}
	if shared, ok := find(related, "sharedStrings"); ok {
		from, err := b.unpack(shared.path)
		if err != nil {
			return err
		}
		b.texts = newTexts(newElements(from, &b.left), b.scratch)
	}
	return nil
}

// relation is a part that another one names.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	path   string
}

// relations are those of a part; those of "" begin at the file itself.
func (b *book) relations(of string) ([]relation, error) {
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	folder, name := path.Split(of)
	if err := b.decode(folder+"_rels/"+name+".rels", &list); err != nil {
		return nil, err
	}
	for i := range list.Relations {
		r := &list.Relations[i]
		r.path = path.Join(folder, r.Target)
		if strings.HasPrefix(r.Target, "/") {
			r.path = path.Clean(r.Target[1:])
		}
	}
	return list.Relations, nil
}

// find is the first relation of a type. The types' addresses differ between the
// transitional and the strict form of the standard, their last words do not.
func find(list []relation, kind string) (relation, bool) {
	i := slices.IndexFunc(list, func(r relation) bool { return path.Base(r.Type) == kind })
	if i < 0 {
		return relation{}, false
	}
	return list[i], true
}

// workbook reads the names of the sheets, hidden ones too.
func (b *book) workbook(at string, related []relation) error {
	var list struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(at, &list); err != nil {
		return err
	}
	b.from1904 = list.Properties.From1904 == "1" || list.Properties.From1904 == "true"
	for _, s := range list.Sheets {
		for _, a := range s.Attrs {
			if a.Name.Local != "id" {
				continue
			}
			i := slices.IndexFunc(related, func(r relation) bool { return r.ID == a.Value })
			if i >= 0 && path.Base(related[i].Type) == "worksheet" { // others are charts and dialogs
				b.sheets = append(b.sheets, part{string(unescape([]byte(s.Name), 0)), related[i].path})
			}
		}
	}
	if len(b.sheets) == 0 {
		return errNoWorkbook
	}
	return nil
}

// styles reads what the numbers of cells stand for.
func (b *book) styles(at string) error {
	var list struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(at, &list); err != nil {
		return err
	}
	own := map[int]format{}
	for _, f := range list.Formats {
		own[f.ID] = formatOf(f.Code)
	}
	for _, c := range list.Cells {
		f, ok := own[c.Format]
		if !ok {
			f = builtin(c.Format)
		}
		b.formats = append(b.formats, f)
	}
	return nil
}

// decode reads a small part whole.
func (b *book) decode(at string, into any) error {
	from, err := b.unpack(at)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(&meter{from: from, left: &b.left, most: maxPlain})
	if err := d.Decode(into); err != nil {
		return whole(err)
	}
	return nil
}

// unpack opens a part of the file.
func (b *book) unpack(at string) (io.ReadCloser, error) {
	f, ok := b.parts[strings.ToLower(at)]
	if !ok {
		return nil, errDamaged
	}
	if f.UncompressedSize64 > uint64(b.left) {
		return nil, errTooLarge
	}
	from, err := f.Open()
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, from)
	return struct {
		io.Reader
		io.Closer
	}{files.Canceller{Ctx: b.ctx, From: from}, from}, nil
}
