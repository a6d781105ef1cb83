package pipelines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/connectors"
	"guiji/quality"
)

// resumeForm names the form of a kept part: another form is not taken up.
const resumeForm = "guiji-part-2"

// manifest is part.json beside the files of a kept part. It is written last, in a
// folder that gets its name only when all is on the disk.
type manifest struct {
	Form   string                   `json:"form"`
	Files  []keptFile               `json:"files"`
	Bad    keptFile                 `json:"bad"`
	Read   int64                    `json:"read"`
	Counts map[string]quality.Count `json:"counts"`
	Order  keptOrder                `json:"order"`
}

type keptFile struct {
	Size   int64  `json:"size"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // Parquet tells nothing of a flipped bit
}

// keptOrder is a keyOrder: the first and last key of a part.
type keptOrder struct {
	Column  int       `json:"column"`
	Seen    bool      `json:"seen"`
	Broken  bool      `json:"broken"`
	Text    [2][]byte `json:"text"`
	High    [2]int64  `json:"high"`
	LowBits [2]uint64 `json:"low"`
}

const (
	manifestName = "part.json"
	badName      = "unreadable.parquet"
)

func dataName(i int) string { return fmt.Sprintf("%02d.parquet", i) }

// save keeps a finished part: its files get a second name in the keeper's folder.
// Nothing is forced to the disk: a killed process loses nothing of what it wrote, and
// after a power cut the digests tell what is whole; the rest is read again.
func (k *kept) save(part connectors.Part, p *partFiles) error {
	if err := os.MkdirAll(k.path, 0o700); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(k.path, "tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	m := manifest{Form: resumeForm, Read: p.read, Counts: p.counts, Order: p.order.keep()}
	for i, path := range p.paths {
		f, err := linked(path, filepath.Join(tmp, dataName(i)), p.rows[i])
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	if m.Bad, err = linked(p.bad, filepath.Join(tmp, badName), p.badN); err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, manifestName), b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, k.folder(part))
}

// take takes a kept part's files into a folder; nil if there is none, or none that is
// whole: then it is read again.
func (k *kept) take(part connectors.Part, dir string, column int) *partFiles {
	from := k.folder(part)
	b, err := os.ReadFile(filepath.Join(from, manifestName))
	if err != nil {
		return nil
	}
	var m manifest
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if dec.Decode(&m) != nil || m.Form != resumeForm || m.Order.Column != column || m.Read < 0 {
		return nil
	}
	p := &partFiles{bad: filepath.Join(dir, badName), badN: m.Bad.Rows, read: m.Read, counts: m.Counts, order: m.Order.order()}
	rows := m.Bad.Rows
	for i, f := range m.Files {
		path := filepath.Join(dir, dataName(i))
		if again, err := linked(filepath.Join(from, dataName(i)), path, f.Rows); err != nil || again != f || f.Rows < 0 {
			return nil
		}
		p.paths, p.rows = append(p.paths, path), append(p.rows, f.Rows)
		rows += f.Rows
	}
	if again, err := linked(filepath.Join(from, badName), p.bad, m.Bad.Rows); err != nil || again != m.Bad || m.Bad.Rows < 0 || rows < m.Read {
		return nil
	}
	return p
}

// linked gives a file a second name and tells its size and digest.
func linked(from, to string, rows int64) (keptFile, error) {
	if err := os.Link(from, to); err != nil {
		return keptFile{}, err
	}
	st, err := os.Lstat(to)
	if err != nil {
		return keptFile{}, err
	}
	sum, err := sumFile(to)
	if err != nil {
		return keptFile{}, err
	}
	return keptFile{Size: st.Size(), Rows: rows, SHA256: sum}, nil
}

func (o *keyOrder) keep() keptOrder {
	k := keptOrder{Column: o.column, Seen: o.seen, Broken: o.broken}
	for i := range o.text {
		k.Text[i], k.High[i], k.LowBits[i] = []byte(o.text[i]), o.number[i].HighBits(), o.number[i].LowBits()
	}
	return k
}

func (k keptOrder) order() *keyOrder {
	o := &keyOrder{column: k.Column, seen: k.Seen, broken: k.Broken}
	for i := range o.text {
		o.text[i], o.number[i] = string(k.Text[i]), decimal128.New(k.High[i], k.LowBits[i])
	}
	return o
}
