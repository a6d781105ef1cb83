package lake_test

import (
	"bytes"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/lake"
)

// A newest release that cannot be read is named, with what to do; nobody builds on
// the one before it.
func TestARubbishHeadIsNamed(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"truncated": func(s string) string { return s[:len(s)/2] },
		"empty":     func(string) string { return "" },
		"rubbish":   func(string) string { return "\x00\xff" },
		"another's": func(s string) string { return strings.Replace(s, `"version":3`, `"version":2`, 1) },
	} {
		objs, _ := kept(t)
		key := "release/v000000000003.json"
		rewrite(t, objs, key, change)
		c := lake.NewChain(objs)
		_, err := c.Head(t.Context())
		if fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "guiji verify") {
			t.Errorf("%s: head: %v", name, err)
		}
		if err := c.Commit(t.Context(), release(4)); fault.KindOf(err) != fault.Data {
			t.Errorf("%s: commit: %v", name, err)
		}
		if p, _ := verify(t, objs, 0); len(p) == 0 || !strings.HasPrefix(p[len(p)-1].Key, "release/") {
			t.Errorf("%s: verify: %+v", name, p)
		}
	}
}

// Whatever stands where guiji's small objects do, verify tells and goes on; the head
// and the lease are found or refused.
func FuzzRubbish(f *testing.F) {
	for _, s := range []string{"", "{}", "3 0\n", `{"next":{"version":4,"nonce":"x"}}`, `{"version":3,"nonce":"n","expired":{}}`, `{"id":"x","sha256":"y"}`, "[]", "null"} {
		f.Add([]byte(s))
	}
	objs, _ := kept(f)
	whole := map[string]string{}
	for _, key := range []string{"release/v000000000002.json", "release/v000000000003.json"} {
		rewrite(f, objs, key, func(s string) string { whole[key] = s; return s })
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, key := range []string{"hint/release", "change/x.json", "runs/x.json", "release/v000000000002.json", "release/v000000000003.json", "lease/p.json"} {
			if _, err := objs.Put(t.Context(), key, bytes.NewReader(b), int64(len(b)), lake.Condition{}); err != nil {
				t.Fatal(err)
			}
			p, _, err := lake.Verify(t.Context(), objs, lake.VerifyOptions{ReadData: 1})
			if err != nil {
				t.Fatal(err)
			}
			if was, ok := whole[key]; ok && was != string(b) && len(p) == 0 {
				t.Errorf("%s is rubbish, and nothing is found", key)
			}
			if head, err := lake.NewChain(objs).Head(t.Context()); err == nil && head == nil {
				t.Error("the head was lost")
			}
			if was, ok := whole[key]; ok {
				rewrite(t, objs, key, func(string) string { return was })
			} else if err := objs.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	})
}
