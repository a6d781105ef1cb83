package lake_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

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

// The promise "verifiable": every single-bit flip, deletion, swap and cut is found.
// The newest release is held by nothing after it: of its bits, only those that
// say something are found out.
func TestVerifyFindsAllDamage(t *testing.T) {
	t.Parallel()
	objs, keys := kept(t)
	whole := map[string]string{}
	for _, k := range keys {
		rewrite(t, objs, k, func(s string) string { whole[k] = s; return s })
	}
	last := "release/v000000000003.json"
	rng := rand.New(rand.NewPCG(3, 4))
	found := map[string]int{}
	for i := range 1000 {
		key := keys[rng.IntN(len(keys)-1)] // all but the last
		other := keys[rng.IntN(len(keys))]
		kind := []string{"flip", "flip", "flip", "delete", "swap", "cut", "append"}[rng.IntN(7)]
		if kind == "swap" && other == key {
			kind = "flip"
		}
		touched := []string{key}
		switch kind {
		case "flip":
			rewrite(t, objs, key, func(s string) string {
				b := []byte(s)
				b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
				return string(b)
			})
		case "delete":
			if err := objs.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		case "cut":
			rewrite(t, objs, key, func(s string) string { return s[:rng.IntN(len(s))] })
		case "append":
			rewrite(t, objs, key, func(s string) string { return s + "\n" })
		case "swap":
			rewrite(t, objs, key, func(string) string { return whole[other] })
			rewrite(t, objs, other, func(string) string { return whole[key] })
			touched = append(touched, other)
		}
		problems, _ := verify(t, objs, 1)
		named := false
		for _, p := range problems {
			for _, k := range touched {
				named = named || p.Key == k && !p.Orphan
			}
		}
		first := key == "release/v000000000001.json" && kind == "delete" // an expired one looks the same
		if !named && !first {
			t.Fatalf("%d: %s of %s is not named: %+v", i, kind, touched, problems)
		}
		found[kind]++
		for _, k := range touched {
			if _, err := objs.Put(t.Context(), k, strings.NewReader(whole[k]), int64(len(whole[k])), lake.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("figure damage_found 1000 %v", found)
	for _, damage := range []string{"", whole[last][:100], strings.Replace(whole[last], `"size":`, `"size":9`, 1), strings.Replace(whole[last], whole[last][200:201], "", 1)} {
		rewrite(t, objs, last, func(string) string { return damage })
		if p, _ := verify(t, objs, 1); len(p) == 0 {
			t.Errorf("the newest release as %.60q…: nothing found", damage)
		}
	}
}
