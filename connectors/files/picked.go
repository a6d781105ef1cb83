package files

import (
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Picked are the files of a table that a snapshot reads, and what it has to say of the
// others where it was asked for deliveries.
type Picked struct {
	Fresh     []File
	delivered connectors.Delivered
}

// Delivered tells of the files, where the request asked for deliveries.
func (p Picked) Delivered() connectors.Delivered { return p.delivered }

// taken is a file of a manifest. One that is gone stays in it: it may come back.
type taken struct {
	File
	Sum  string `json:"sum,omitempty"` // of the content, as Summing tells it
	Gone bool   `json:"gone,omitempty"`
}

// Summing is the Digest of a file's content.
type Summing func(File) (string, error)

// manifestForm begins every manifest; what follows is packed JSON.
const manifestForm = "files-1:"

// A manifest stands in every release: this is all of it there may be.
const (
	mostPacked   = 4 << 20
	mostUnpacked = 256 << 20
)

// Pick chooses the files of a table that a request wants, out of those there are: all of
// them, by name, or those no release has taken up, the oldest first. One that was taken up
// and is another by now is chosen again; one that was copied or touched and holds what it
// held is not, for its rows would put back what came after them.
func Pick(table string, found []File, asked *connectors.Deliveries, sum Summing) (Picked, error) {
	if asked == nil {
		return Picked{Fresh: found}, nil
	}
	known, err := readManifest(table, asked.Taken)
	if err != nil {
		return Picked{}, err
	}
	var p Picked
	here := map[string]File{}
	for _, f := range found {
		here[f.Name] = f
	}
	kept, err := p.compare(known, here, sum)
	if err != nil {
		return Picked{}, err
	}
	for _, f := range found {
		if _, left := here[f.Name]; left {
			p.Fresh = append(p.Fresh, f)
		}
	}
	slices.SortStableFunc(p.Fresh, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Modified, b.Modified), strings.Compare(a.Name, b.Name))
	})
	was := map[string]bool{}
	for _, name := range p.delivered.Changed {
		was[name] = true
	}
	for _, f := range p.Fresh {
		if !was[f.Name] {
			p.delivered.New = append(p.delivered.New, f.Name)
		}
	}
	if asked.All { // in the order they were taken up in, and what is gone has left nothing
		kept = slices.DeleteFunc(kept, func(t taken) bool { return t.Gone })
	} else {
		for _, t := range kept {
			p.delivered.Kept = append(p.delivered.Kept, t.Name)
		}
	}
	for _, f := range p.Fresh {
		s, err := sum(f)
		if err != nil {
			return Picked{}, err
		}
		kept = append(kept, taken{File: f, Sum: s})
	}
	if asked.All {
		p.Fresh = nil
		for _, t := range kept {
			p.Fresh = append(p.Fresh, t.File)
		}
	}
	p.delivered.Manifest, err = writeManifest(table, kept)
	return p, err
}

// compare takes the files that are what they were out of here, and tells which of the
// others are known. What it returns is the manifest without those that are read again.
func (p *Picked) compare(known []taken, here map[string]File, sum Summing) (kept []taken, err error) {
	for _, t := range known {
		f, there := here[t.Name]
		same := there && f == t.File
		if there && !same {
			if same, err = t.holds(f, sum); err != nil {
				return nil, err
			}
		}
		switch {
		case !there:
			if !t.Gone {
				p.delivered.Gone = append(p.delivered.Gone, t.Name)
			}
			p.delivered.Missing++
			t.Gone = true
			kept = append(kept, t)
		case same:
			kept = append(kept, taken{File: f, Sum: t.Sum})
			delete(here, t.Name)
		default:
			p.delivered.Changed = append(p.delivered.Changed, t.Name)
		}
	}
	return kept, nil
}

// holds reports whether a file of another time holds what was taken up.
func (t taken) holds(f File, sum Summing) (bool, error) {
	if f.Size != t.Size || t.Sum == "" {
		return false, nil
	}
	if f.Tag != "" && f.Tag == t.Tag {
		return true, nil
	}
	s, err := sum(f)
	return s == t.Sum, err
}

func readManifest(table, manifest string) ([]taken, error) {
	if manifest == "" {
		return nil, nil
	}
	wrong := func(err error) error { return fault.New(fault.Internal, "files.manifest", table).Because(err) }
	packed, ok := strings.CutPrefix(manifest, manifestForm)
	if !ok {
		return nil, wrong(nil)
	}
	from := flate.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed)))
	text, err := io.ReadAll(io.LimitReader(from, mostUnpacked))
	if err != nil {
		return nil, wrong(err)
	}
	var out []taken
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, wrong(err)
	}
	return out, nil
}

// writeManifest is the same text for the same files. A table without files has one too.
func writeManifest(table string, files []taken) (string, error) {
	text, err := json.Marshal(append([]taken{}, files...))
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	to := base64.NewEncoder(base64.StdEncoding, &packed)
	w, err := flate.NewWriter(to, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err = w.Write(text); err == nil {
		err = w.Close()
	}
	if err == nil {
		err = to.Close()
	}
	if err == nil && (packed.Len() > mostPacked || len(text) > mostUnpacked) {
		err = fault.New(fault.Data, "files.many_taken", table, len(files)).Try("files.many_taken.hint")
	}
	return manifestForm + packed.String(), err
}

// Pick finds the files of a request's table and chooses those that it wants.
func (f *Folder) Pick(req connectors.Request) (Picked, error) {
	found, err := f.Resolve(req.Table)
	if err != nil {
		return Picked{}, err
	}
	return Pick(req.Table, found, req.Deliveries, f.Sum)
}

// Sum is the Digest of a file that must be what it was.
func (f *Folder) Sum(file File) (string, error) {
	handle, err := f.Open(file)
	if err != nil {
		return "", err
	}
	defer handle.Close()
	sum, err := Digest(handle)
	if err != nil {
		return "", Fault(err, file.Name)
	}
	return sum, file.Unchanged(handle)
}

// Digest tells a content: 128 bits of its SHA-256, in hex.
func Digest(content io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}
