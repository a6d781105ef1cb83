package files_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

func file(name string, size, modified int64) files.File {
	return files.File{Name: name, Size: size, Modified: modified}
}

// content is told by name, size and tag: a file of another time holds what it held.
func content(f files.File) (string, error) { return fmt.Sprint(f.Name, f.Size, f.Tag), nil }

func pick(t *testing.T, taken string, all bool, found ...files.File) files.Picked {
	t.Helper()
	p, err := files.Pick("drop", found, &connectors.Deliveries{Taken: taken, All: all}, content)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A file that was copied or touched and holds what it held is not read again: its rows
// would put back what came after them. Nor does it lose its place in a full read.
func TestTouchedFilesAreWhatTheyWere(t *testing.T) {
	first := pick(t, "", false, file("old.csv", 1, 10), file("new.csv", 2, 20))
	touched := []files.File{file("old.csv", 1, 99), file("new.csv", 2, 20)}
	p := pick(t, first.Delivered().Manifest, false, touched...)
	if d := p.Delivered(); len(p.Fresh)+len(d.Changed)+len(d.New) > 0 || len(d.Kept) != 2 {
		t.Errorf("touched: %s, %+v", namesOf(p.Fresh), d)
	}
	if all := pick(t, first.Delivered().Manifest, true, touched...); namesOf(all.Fresh) != "old.csv new.csv" {
		t.Errorf("all of them: %s", namesOf(all.Fresh))
	}
	grown := pick(t, p.Delivered().Manifest, false, file("old.csv", 3, 100), file("new.csv", 2, 20))
	if namesOf(grown.Fresh) != "old.csv" || len(grown.Delivered().Changed) != 1 {
		t.Errorf("a file that is another: %s, %+v", namesOf(grown.Fresh), grown.Delivered())
	}
	broken := func(files.File) (string, error) { return "", fault.New(fault.Changed, "files.changed", "x") }
	if _, err := files.Pick("drop", touched, &connectors.Deliveries{Taken: first.Delivered().Manifest}, broken); fault.KindOf(err) != fault.Changed {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

func namesOf(list []files.File) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

// Each file is picked once, in the order the files came, whatever comes, changes and goes.
func TestPick(t *testing.T) {
	first := pick(t, "", false, file("b.csv", 1, 10), file("c.csv", 1, 5), file("a.csv", 1, 10))
	if got := namesOf(first.Fresh); got != "c.csv a.csv b.csv" {
		t.Errorf("first %s", got)
	}
	none := pick(t, first.Delivered().Manifest, false, file("a.csv", 1, 10), file("b.csv", 1, 10), file("c.csv", 1, 5))
	if d := none.Delivered(); len(none.Fresh) > 0 || d.Manifest != first.Delivered().Manifest || len(d.New)+len(d.Changed)+len(d.Gone) > 0 {
		t.Errorf("nothing has come: %s, %+v", namesOf(none.Fresh), d)
	}
	second := pick(t, first.Delivered().Manifest, false, file("a.csv", 2, 10), file("d.csv", 1, 1), file("c.csv", 1, 5))
	want := connectors.Delivered{Manifest: second.Delivered().Manifest, New: []string{"d.csv"}, Changed: []string{"a.csv"}, Kept: []string{"c.csv", "b.csv"}, Gone: []string{"b.csv"}, Missing: 1}
	if d := cmp.Diff(want, second.Delivered()); d != "" || namesOf(second.Fresh) != "d.csv a.csv" {
		t.Errorf("second %s (-want +got):\n%s", namesOf(second.Fresh), d)
	}
	third := pick(t, second.Delivered().Manifest, false, file("a.csv", 2, 10), file("d.csv", 1, 1), file("c.csv", 1, 5))
	if d := third.Delivered(); len(d.Gone) > 0 || d.Missing != 1 || len(third.Fresh) > 0 {
		t.Errorf("what is gone is told twice: %+v", d)
	}
	back := pick(t, third.Delivered().Manifest, false, file("a.csv", 2, 10), file("b.csv", 1, 10), file("c.csv", 1, 5), file("d.csv", 1, 1))
	if d := back.Delivered(); len(back.Fresh) > 0 || d.Missing != 0 {
		t.Errorf("a file that came back as it was is read again: %s, %+v", namesOf(back.Fresh), d)
	}
	all := pick(t, second.Delivered().Manifest, true, file("a.csv", 2, 10), file("c.csv", 1, 5), file("d.csv", 1, 1), file("e.csv", 1, 0))
	if d := all.Delivered(); namesOf(all.Fresh) != "c.csv d.csv a.csv e.csv" || d.Missing != 1 {
		t.Errorf("all %s, %+v", namesOf(all.Fresh), d)
	}
	if after := pick(t, all.Delivered().Manifest, false, file("b.csv", 1, 10)); namesOf(after.Fresh) != "b.csv" {
		t.Errorf("what was given up is new when it comes back: %s", namesOf(after.Fresh))
	}
}

// A tag tells what size and time do not.
func TestPickByTag(t *testing.T) {
	a := file("a.csv", 1, 1)
	a.Tag = "x"
	first := pick(t, "", false, a)
	a.Tag = "y"
	if d := pick(t, first.Delivered().Manifest, false, a).Delivered(); len(d.Changed) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestManifestsThatAreNone(t *testing.T) {
	for _, m := range []string{"x", "files-1:", "files-1:!", "files-2:AAAA", "2026-01-01 00:00:00"} {
		if _, err := files.Pick("drop", nil, &connectors.Deliveries{Taken: m}, content); fault.KindOf(err) != fault.Internal || err == nil {
			t.Errorf("%q: %v", m, err)
		}
	}
}

// A manifest has a bound: it stands in every release.
func TestManifestBound(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	found := make([]files.File, 40_000)
	for i := range found {
		found[i] = file(fmt.Sprintf("%06d-%016x%016x%016x%016x%016x%016x%016x%016x.csv", i, noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64()), noise.Int64(), noise.Int64())
	}
	if _, err := files.Pick("drop", found, &connectors.Deliveries{}, content); fault.KindOf(err) != fault.Data {
		t.Errorf("%v", err)
	}
}

// Whatever a release holds, nothing but a manifest is taken for one.
func FuzzManifest(f *testing.F) {
	p, err := files.Pick("drop", []files.File{file("a.csv", 1, 2)}, &connectors.Deliveries{}, content)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Delivered().Manifest)
	f.Fuzz(func(t *testing.T, text string) {
		again, err := files.Pick("drop", []files.File{file("b.csv", 1, 2)}, &connectors.Deliveries{Taken: text}, content)
		if err != nil {
			return
		}
		if d := again.Delivered(); len(again.Fresh) > 1 || d.Missing < len(d.Gone) {
			t.Errorf("%+v", d)
		}
	})
}
