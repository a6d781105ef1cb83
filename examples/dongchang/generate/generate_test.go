package generate_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"guiji/examples/dongchang/generate"
	"guiji/internal/ident"
)

func dataset(t *testing.T, o generate.Options) *generate.Dataset {
	t.Helper()
	d, err := generate.Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// digest is over everything a run can see: tables, files and the manifest.
func digest(t *testing.T, d *generate.Dataset) string {
	t.Helper()
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(d); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := d.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteManifest(filepath.Join(dir, "manifest.jsonl")); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(d.Files, generate.File{Path: "manifest.jsonl"}) {
		b, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(h, "%s %d ", f.Path, len(b))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameSeedSameBytes(t *testing.T) {
	o := generate.Options{Persons: generate.MinPersons, Seed: 7}
	first := digest(t, dataset(t, o))
	if again := digest(t, dataset(t, o)); again != first {
		t.Fatalf("the same seed gave %s, then %s", first, again)
	}
	o.Seed = 8
	if other := digest(t, dataset(t, o)); other == first {
		t.Fatal("another seed gave the same data")
	}
}

func TestTooSmallIsRefused(t *testing.T) {
	if _, err := generate.Generate(generate.Options{Persons: generate.MinPersons - 1}); err == nil {
		t.Fatal("no error")
	}
}

// Every kind the score table promises is planted at the smallest size already.
func TestEveryKindIsPlanted(t *testing.T) {
	got := map[string]int{}
	for _, f := range dataset(t, generate.Options{Persons: generate.MinPersons, Seed: 1}).Manifest {
		got[f.Kind]++
	}
	for _, kind := range []string{
		"not_null", "unique", "unique (several columns)", "regex", "length", "range", "in_codes", "citizen_id", "credit_code",
		"date", "phone", "foreign_key", "compare", "sql", "type", "duplicates",
		"conflicts: name", "conflicts: sex", "conflicts: phone", "conflicts: address",
		"quarantine: NULL key", "quarantine: broken record", "quarantine: undecodable bytes",
	} {
		if got[kind] < 2 {
			t.Errorf("%s: %d planted", kind, got[kind])
		}
	}
}

func TestCleanDataHasNoManifest(t *testing.T) {
	if d := dataset(t, generate.Options{Persons: generate.MinPersons, Seed: 1, Clean: true}); len(d.Manifest) != 0 {
		t.Fatalf("%d findings in clean data", len(d.Manifest))
	}
}

// The generator's own arithmetic and the product's must agree on every id.
func TestIdentifiersAreValid(t *testing.T) {
	d := dataset(t, generate.Options{Persons: generate.MinPersons, Seed: 3, Clean: true})
	seen := 0
	for _, table := range d.Tables {
		for i, c := range table.Columns {
			for _, row := range table.Rows {
				text := []byte(row[i].Text)
				switch c.Name {
				case "sfzh", "nsfzh", "vsfzh", "hzsfzh", "frsfzh":
					if len(text) == 18 && text[17] == 'x' {
						text[17] = 'X'
					}
					if why := ident.CitizenID(text); why != ident.Valid {
						t.Fatalf("%s.%s: an invalid id (%v)", table.Name, c.Name, why)
					}
					seen++
				case "tyshxydm":
					if why := ident.CreditCode(text); why != ident.Valid {
						t.Fatalf("%s.%s: an invalid code (%v)", table.Name, c.Name, why)
					}
					seen++
				}
			}
		}
	}
	if seen < 8000 {
		t.Fatalf("only %d identifiers were looked at", seen)
	}
}

// No record is named twice for one rule, and no record of one table twice at
// all but for what one defect brings along.
func TestManifestNamesEachFindingOnce(t *testing.T) {
	seen := map[generate.Finding]bool{}
	for _, f := range dataset(t, generate.Options{Persons: 20000, Seed: 1}).Manifest {
		if f.Key == `[""]` {
			continue // records without a key cannot be told apart
		}
		if seen[f] {
			t.Errorf("%s %s %s is named twice", f.Resource, f.Expect, f.Rule)
		}
		seen[f] = true
	}
}

// A month later half of what was planted is mended, the rest stands unchanged,
// and something is new: what reports tell as mended, open and new.
func TestAgainMendsHalf(t *testing.T) {
	o := generate.Options{Persons: generate.MinPersons, Seed: 1}
	first := map[generate.Finding]bool{}
	for _, f := range dataset(t, o).Manifest {
		first[f] = true
	}
	o.Again = true
	still, fresh := 0, 0
	for _, f := range dataset(t, o).Manifest {
		if first[f] {
			still++
		} else {
			fresh++
		}
	}
	if mended := len(first) - still; still < len(first)/3 || mended < len(first)/3 || fresh == 0 {
		t.Fatalf("of %d: %d mended, %d still there, %d new", len(first), mended, still, fresh)
	}
}
