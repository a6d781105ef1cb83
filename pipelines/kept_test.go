package pipelines

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"guiji/connectors"
	"guiji/quality"
)

// finished makes the files of a part: any bytes will do, nobody reads them here.
func finished(t testing.TB) *partFiles {
	t.Helper()
	dir := t.TempDir()
	p := &partFiles{bad: filepath.Join(dir, badName), badN: 1, read: 4, counts: map[string]quality.Count{"r": {Failed: 1, Evaluated: 3}},
		order: &keyOrder{column: 0, seen: true, text: [2]string{"a", "\xff"}}}
	for i, rows := range []int64{1, 2} {
		p.paths, p.rows = append(p.paths, filepath.Join(dir, dataName(i))), append(p.rows, rows)
	}
	for _, path := range append([]string{p.bad}, p.paths...) {
		if err := os.WriteFile(path, []byte("PAR1"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// What is kept of a part comes back as it was, its key's bytes included; under another
// fingerprint nothing does.
func TestKeptPart(t *testing.T) {
	part := connectors.Part{ID: "p0", Spec: json.RawMessage(`{"from":"1"}`), Rows: 3}
	k := &kept{path: filepath.Join(t.TempDir(), "gongan__resident"), fingerprint: "x"}
	p := finished(t)
	if err := k.save(part, p); err != nil {
		t.Fatal(err)
	}
	part.Rows = 99 // an estimate
	got := k.take(part, t.TempDir(), 0)
	if got == nil || got.read != 4 || got.badN != 1 || len(got.paths) != 2 || got.rows[1] != 2 || got.counts["r"] != p.counts["r"] || *got.order != *p.order {
		t.Fatalf("it came back as %+v", got)
	}
	if k.take(part, t.TempDir(), 1) != nil || (&kept{k.path, "y"}).take(part, t.TempDir(), 0) != nil {
		t.Error("it was taken for another")
	}
	if err := os.WriteFile(filepath.Join(k.folder(part), dataName(1)), []byte("PAR0"), 0o600); err != nil || k.take(part, t.TempDir(), 0) != nil {
		t.Errorf("a flipped bit was taken up, %v", err)
	}
	k.prune(nil)
	if left, _ := os.ReadDir(k.path); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// Whatever stands in a manifest, a part is taken up whole or not at all.
func FuzzManifest(f *testing.F) {
	part := connectors.Part{ID: "p0"}
	k := &kept{path: filepath.Join(f.TempDir(), "r"), fingerprint: "x"}
	if err := k.save(part, finished(f)); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(k.folder(part), manifestName)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(`{"form":"guiji-part-2","files":[{"size":-1,"rows":-1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		p := k.take(part, t.TempDir(), 0)
		if p == nil {
			return
		}
		rows := p.badN
		for i, name := range p.paths {
			if st, err := os.Stat(name); err != nil || st.Size() != 4 {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			rows += p.rows[i]
		}
		if rows < p.read {
			t.Errorf("%d rows of %d", rows, p.read)
		}
	})
}
