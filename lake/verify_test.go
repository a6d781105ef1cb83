package lake_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guiji/internal/testkit/proof"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/localdir"
)

// kept is a store with three releases over four files.
func kept(t testing.TB) (*localdir.Dir, []string) {
	t.Helper()
	objs := store(t)
	c := lake.NewChain(objs)
	var files []lake.File
	var keys []string
	for v := uint64(1); v <= 3; v++ {
		f := upload(t, objs, fmt.Sprintf("data/standard/d/%d/a.parquet", v), strings.Repeat(fmt.Sprintf("content %d;", v), 40))
		files, keys = append(files, f), append(keys, f.Key)
		r := release(v, files...)
		mustCommit(t, c, r)
		keys = append(keys, fmt.Sprintf("release/v%012d.json", v))
	}
	return objs, keys
}

func verify(t testing.TB, objs lake.Objects, read float64) ([]lake.Problem, lake.Stats) {
	t.Helper()
	p, s, err := lake.Verify(t.Context(), objs, lake.VerifyOptions{ReadData: read})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range p {
		if m := text.Format(text.ZH, p.What, p.Args...); strings.Contains(m, "%!") || m == string(p.What) {
			t.Errorf("%s reads %q", p.Key, m)
		}
	}
	return p, s
}

func TestVerifyIsQuietOnAWholeStore(t *testing.T) {
	objs, _ := kept(t)
	p, s := verify(t, objs, 1)
	if len(p) != 0 || s.Releases != 3 || s.Files != 3 || s.Read != 3 || s.ReadBytes != s.Bytes || s.Bytes == 0 {
		t.Errorf("%+v %+v", p, s)
	}
	if _, s := verify(t, objs, 0); s.Read != 0 || s.Files != 3 {
		t.Errorf("%+v", s)
	}
	upload(t, objs, "data/standard/d/left/a.parquet", "x")
	if p, s := verify(t, objs, 1); len(p) != 1 || !p[0].Orphan || s.Orphans != 1 || p[0].Key != "data/standard/d/left/a.parquet" {
		t.Errorf("an orphan: %+v %+v", p, s)
	}
}

// aged is a store as it is after some time: releases that expired, one that was made
// anew, a run record.
func aged(t testing.TB) *localdir.Dir {
	t.Helper()
	objs, _ := kept(t)
	c := lake.NewChain(objs)
	for v := uint64(4); v <= 6; v++ {
		mustCommit(t, c, release(v, upload(t, objs, fmt.Sprintf("data/standard/d/%d/a.parquet", v), strings.Repeat(fmt.Sprintf("content %d;", v), 40))))
	}
	all, err := c.Releases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	anew := *all[3]
	anew.Erasures = []lake.Erasure{{At: anew.Created, Reason: "asked", Datasets: []string{}}}
	edits := []*lake.Release{lake.Stub(all[0], lake.Expired{At: anew.Created, Reason: "old"}), lake.Stub(all[1], lake.Expired{At: anew.Created, Reason: "old"}), &anew}
	if _, err := c.Amend(t.Context(), all[5].Successor(lake.By{RunID: "gc", Pipeline: "_gc", Now: anew.Created}), all, edits, nil); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, c, release(8, all[5].Datasets["standard/d/0"].Files[0]))
	if err := lake.PutRun(t.Context(), objs, lake.RunRecord{ID: "20260102T030405-abcdef", Pipeline: "nightly", Outcome: lake.RunOK, Release: 8}); err != nil {
		t.Fatal(err)
	}
	if p, s := verify(t, objs, 1); len(p) > 0 || s.Releases != 8 || s.Expired != 2 || s.Runs != 1 {
		t.Fatalf("%+v %+v", p, s)
	}
	return objs
}

// spoil does one kind of damage to an object, with another's content at hand, and
// returns the keys it touched.
func spoil(t testing.TB, objs lake.Objects, rng *rand.Rand, kind, key, other string, whole map[string]string) []string {
	t.Helper()
	put := func(key, s string) {
		if _, err := objs.Put(t.Context(), key, strings.NewReader(s), int64(len(s)), lake.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	is := whole[key]
	switch kind {
	case "flip":
		b := []byte(is)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		put(key, string(b))
	case "cut":
		put(key, is[:rng.IntN(len(is))])
	case "append":
		put(key, is+"\n")
	case "delete":
		if err := objs.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	case "swap":
		put(key, whole[other])
		put(other, is)
		return []string{key, other}
	}
	return []string{key}
}

// The promise "verifiable": every flipped bit, deletion, swap and cut is found, in
// whatever object, and named.
func TestVerifyFindsAllDamage(t *testing.T) {
	t.Parallel()
	flips := proof.Of(1000, 100)
	objs, whole := aged(t), map[string]string{}
	var keys []string
	for o, err := range objs.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
		rewrite(t, objs, o.Key, func(s string) string { whole[o.Key] = s; return s })
	}
	rng := rand.New(rand.NewPCG(3, 4))
	found := map[string]int{}
	for i, kind := range slices.Concat(slices.Repeat([]string{"flip"}, flips), slices.Repeat([]string{"cut", "append", "delete", "swap"}, flips/5)) {
		key, other := keys[rng.IntN(len(keys))], keys[rng.IntN(len(keys))]
		if lost := kind == "delete" && (key == "hint/release" || strings.HasPrefix(key, "runs/")); lost || kind == "swap" && whole[other] == whole[key] {
			continue // the hint may be lost; which runs there were, only their records say
		}
		touched := spoil(t, objs, rng, kind, key, other, whole)
		problems, _ := verify(t, objs, 1)
		if !slices.ContainsFunc(problems, func(p lake.Problem) bool { return !p.Orphan && slices.Contains(touched, p.Key) }) {
			t.Fatalf("%d: %s of %s is not named: %+v", i, kind, touched, problems)
		}
		found[kind]++
		for _, k := range touched {
			if _, err := objs.Put(t.Context(), k, strings.NewReader(whole[k]), int64(len(whole[k])), lake.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p, _ := verify(t, objs, 1); len(p) > 0 {
		t.Errorf("after all was mended: %+v", p)
	}
	proof.Figure(t, "flips", flips)
	proof.Figure(t, "flips_found", found["flip"])
	t.Logf("found: %v", found)
}

// What nobody named is told of, and is no damage.
func TestVerifyTellsWhatIsExtra(t *testing.T) {
	objs := aged(t)
	for _, key := range []string{"data/standard/d/9/a.parquet", "private/notes.txt", "change/none.json"} {
		if _, err := objs.Put(t.Context(), key, strings.NewReader("{}"), 2, lake.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]bool{}
	p, _ := verify(t, objs, 1)
	for _, p := range p {
		got[p.Key] = p.Orphan
	}
	if want := map[string]bool{"data/standard/d/9/a.parquet": true, "private/notes.txt": true, "change/none.json": false}; !maps.Equal(got, want) {
		t.Errorf("%+v", p)
	}
}
