package files

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/base64"
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
	Gone bool `json:"gone,omitempty"`
}

// manifestForm begins every manifest; what follows is packed JSON.
const manifestForm = "files-1:"

// A manifest stands in every release: this is all of it there may be.
const (
	mostPacked   = 4 << 20
	mostUnpacked = 256 << 20
)

// Pick chooses the files of a table that a request wants, out of those there are: all of
// them, by name, or those no release has taken up, the oldest first. One that was taken up
// and is another by now is chosen again.
func Pick(table string, found []File, asked *connectors.Deliveries) (Picked, error) {
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
	kept := p.compare(known, here)
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
		var again []File
		for _, t := range kept {
			again = append(again, t.File)
		}
		p.Fresh, kept = append(again, p.Fresh...), nil
	}
	for _, t := range kept {
		p.delivered.Kept = append(p.delivered.Kept, t.Name)
	}
	for _, f := range p.Fresh {
		kept = append(kept, taken{File: f})
	}
	p.delivered.Manifest, err = writeManifest(table, kept)
	return p, err
}

// compare takes the files that are what they were out of here, and tells which of the
// others are known. What it returns is the manifest without those that are read again.
func (p *Picked) compare(known []taken, here map[string]File) (kept []taken) {
	for _, t := range known {
		f, there := here[t.Name]
		switch {
		case !there:
			if !t.Gone {
				p.delivered.Gone = append(p.delivered.Gone, t.Name)
			}
			p.delivered.Missing++
			t.Gone = true
			kept = append(kept, t)
		case f == t.File:
			t.Gone = false
			kept = append(kept, t)
			delete(here, t.Name)
		default:
			p.delivered.Changed = append(p.delivered.Changed, t.Name)
		}
	}
	return kept
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
	return Pick(req.Table, found, req.Deliveries)
}
