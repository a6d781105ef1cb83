package stores_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/lake"
	"guiji/lake/stores"
)

func put(t *testing.T, objs lake.Objects, key, body string) {
	t.Helper()
	if _, err := objs.Put(t.Context(), key, strings.NewReader(body), int64(len(body)), lake.Condition{}); err != nil {
		t.Fatal(err)
	}
}

// A store opens with the settings it was made with, and tells what is wrong with others;
// no error shows a key.
func TestSealedStore(t *testing.T) {
	t.Setenv("STORE_KEY", strings.Repeat("0123456789abcdef", 2))
	t.Setenv("OTHER_KEY", strings.Repeat("fedcba9876543210", 2))
	t.Setenv("LONG_KEY", strings.Repeat("0123456789abcdef", 4))
	dir := t.TempDir()
	plain := catalog.Config{Store: "file://plain"}
	seal := catalog.Config{Store: "file://sealed", Encryption: catalog.Encryption{Store: "sm4-gcm", Key: "${STORE_KEY}", Serving: "${LONG_KEY}"}}
	with := func(cfg catalog.Config, store, how, key string) catalog.Config {
		cfg.Store, cfg.Encryption.Store, cfg.Encryption.Key = store, how, key
		return cfg
	}
	for _, cfg := range []catalog.Config{plain, seal} {
		objs, err := stores.Open(t.Context(), cfg, dir)
		if err != nil {
			t.Fatal(err)
		}
		put(t, objs, "data/x", "canary-朱雀")
		_, local := objs.(lake.Local)
		b, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(cfg.Store, "file://"), "data", "x"))
		if err != nil || local == (cfg.Encryption.Store != "") || strings.Contains(string(b), "朱雀") != local {
			t.Errorf("%s: local %v, %v", cfg.Store, local, err)
		}
		if err := stores.Honoured(t.Context(), objs); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct {
		what string
		cfg  catalog.Config
		kind fault.Kind
	}{
		{"sealed, as plain", with(seal, "file://sealed", "", ""), fault.Config},
		{"plain, as sealed", with(seal, "file://plain", "sm4-gcm", "${STORE_KEY}"), fault.Config},
		{"another key", with(seal, "file://sealed", "sm4-gcm", "${OTHER_KEY}"), fault.Refused},
		{"no key", with(seal, "file://sealed", "sm4-gcm", ""), fault.Config},
		{"a key too long", with(seal, "file://sealed", "sm4-gcm", "${LONG_KEY}"), fault.Config},
		{"a key that is not there", with(seal, "file://sealed", "sm4-gcm", "${NO_SUCH_KEY}"), fault.Config},
		{"sse on a folder", with(seal, "file://new", "sse-s3", ""), fault.Config},
		{"sm4 on a bucket", with(seal, "s3://127.0.0.1:1/b", "sm4-gcm", "${STORE_KEY}"), fault.Config},
		{"sse-kms without a key", with(seal, "s3://127.0.0.1:1/b", "sse-kms:", ""), fault.Config},
	} {
		_, err := stores.Open(t.Context(), c.cfg, dir)
		if err == nil || fault.KindOf(err) != c.kind || strings.Contains(err.Error(), "0123456789") || strings.Contains(err.Error(), "fedcba") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// The cache of an encrypted store ends with Close; what a killed process left of its own
// goes when the next opens.
func TestCacheOfASealedStore(t *testing.T) {
	t.Setenv("STORE_KEY", strings.Repeat("0123456789abcdef", 2))
	t.Setenv("SERVING_KEY", strings.Repeat("0123456789abcdef", 4))
	dir, scratch := t.TempDir(), t.TempDir()
	cfg := catalog.Config{Store: "file://lake", Serving: "serving", Defaults: catalog.Defaults{Scratch: scratch},
		Encryption: catalog.Encryption{Store: "sm4-gcm", Key: "${STORE_KEY}", Serving: "${SERVING_KEY}"}}
	left := filepath.Join(scratch, "guiji-cache-123")
	if err := os.MkdirAll(filepath.Join(left, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	objs, err := stores.Open(t.Context(), cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	f := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(f, []byte("canary-朱雀"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := lake.Upload(t.Context(), objs, "data/x", f, 1)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := stores.OpenCache(objs, cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	path, err := cache.Fetch(t.Context(), file)
	if err != nil || !strings.HasPrefix(path, scratch) {
		t.Fatalf("%s: %v", path, err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a killed process left is there")
	}
	second, err := stores.OpenCache(objs, cfg, dir) // does not take the first one's
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "canary-朱雀" {
		t.Errorf("%q, %v", b, err)
	}
	for _, c := range []*lake.Cache{cache, second, second} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, d := range []string{scratch, filepath.Join(dir, "serving")} {
		if entries, _ := os.ReadDir(d); len(entries) > 0 {
			t.Errorf("%s holds %v", d, entries)
		}
	}
	key, err := stores.Serving(cfg, dir).Key()
	if err != nil || len(key) != 32 {
		t.Errorf("the serving files' key has %d bytes, %v", len(key), err)
	}
}

func TestBucketThatEncrypts(t *testing.T) {
	m := minio.StartEncrypting(t)
	t.Setenv("TEST_KEY", m.AccessKey)
	t.Setenv("TEST_SECRET", m.SecretKey)
	for _, how := range []string{"sse-s3", "sse-kms:" + minio.KMSKey} {
		objs, err := stores.Open(t.Context(), catalog.Config{Store: "s3://" + m.Endpoint + "/guiji",
			StoreAuth: catalog.StoreAuth{AccessKey: "${TEST_KEY}", SecretKey: "${TEST_SECRET}"}, Encryption: catalog.Encryption{Store: how}}, t.TempDir())
		if err == nil {
			err = stores.Honoured(t.Context(), objs)
		}
		if err != nil {
			t.Errorf("%s: %v", how, err)
		}
	}
	objs, err := stores.Open(t.Context(), catalog.Config{Store: "s3://" + m.Endpoint + "/guiji",
		StoreAuth: catalog.StoreAuth{AccessKey: "${TEST_KEY}", SecretKey: "${TEST_SECRET}"}, Encryption: catalog.Encryption{Store: "sse-kms:no-such-key"}}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := stores.Honoured(t.Context(), objs); fault.KindOf(err) != fault.Config {
		t.Errorf("a key the store does not have: %v", err)
	}
}
