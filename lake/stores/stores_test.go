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

func TestFileStore(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"./lake", "deep/er/lake", filepath.Join(t.TempDir(), "abs")} {
		objs, err := stores.Open(t.Context(), catalog.Config{Store: "file://" + path}, dir)
		if err != nil {
			t.Fatal(err)
		}
		want := path
		if !filepath.IsAbs(path) {
			want = filepath.Join(dir, path)
		}
		if stores.Created(objs) {
			t.Errorf("%s: a folder is no bucket", path)
		}
		local, ok := objs.(lake.Local)
		if !ok || local.LocalRoot() != want {
			t.Errorf("%s: %v", path, objs)
		}
	}
}

func TestBucket(t *testing.T) {
	m := minio.Start(t)
	dir := t.TempDir()
	t.Setenv("TEST_KEY", m.AccessKey)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(m.SecretKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := catalog.Config{
		Store: "s3://" + m.Endpoint + "/guiji/district/one", Serving: "./serving",
		StoreAuth: catalog.StoreAuth{AccessKey: "${TEST_KEY}", SecretKey: "${file:secret}"},
	}
	objs, err := stores.Open(t.Context(), cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := stores.Open(t.Context(), cfg, dir)
	if err != nil || !stores.Created(objs) || stores.Created(second) {
		t.Errorf("the bucket was made by the first: %v, by the second: %v, %v", stores.Created(objs), stores.Created(second), err)
	}
	if err := lake.ConditionalWrites(t.Context(), objs); err != nil {
		t.Fatal(err)
	}
	// The whole way: a file up, a release, the file down into a cache elsewhere.
	p := filepath.Join(dir, "f")
	if err := os.WriteFile(p, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := lake.Upload(t.Context(), objs, "data/standard/x/a.parquet", p, 1)
	if err != nil {
		t.Fatal(err)
	}
	rel := &lake.Release{Version: 1, Datasets: map[string]lake.Dataset{"standard/a/b": {
		Layer: "standard", Table: "a__b", Files: []lake.File{f}, Rows: 1, Since: 1, Columns: []lake.Column{{Name: "x", Type: "VARCHAR"}},
	}}}
	if err := lake.NewChain(objs).Commit(t.Context(), rel); err != nil {
		t.Fatal(err)
	}
	again, err := stores.Open(t.Context(), cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	head, err := lake.NewChain(again).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cache, err := stores.OpenCache(again, cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := cache.Files(t.Context(), head.Datasets["standard/a/b"])
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(paths[0]); err != nil || string(b) != "content" || !strings.HasPrefix(paths[0], filepath.Join(dir, "serving", "cache")) {
		t.Errorf("%s: %q, %v", paths[0], b, err)
	}
	if p, s, err := lake.Verify(t.Context(), again, lake.VerifyOptions{ReadData: 1}); len(p) > 0 || s.Read != 1 || err != nil {
		t.Errorf("%+v %+v %v", p, s, err)
	}
	m.Stop()
	if _, err := again.Head(t.Context(), "x"); fault.KindOf(err) != fault.Unreachable {
		t.Errorf("store down: %v", err)
	}
}

func TestRefusedSettings(t *testing.T) {
	for store, kind := range map[string]fault.Kind{
		"": fault.Config, "lake": fault.Config, "file://": fault.Config, "http://x/y": fault.Config, "s3://": fault.Config, "s3://host:1": fault.Config,
		"s3://host:1/": fault.Config, "s3://user:canary@host:1/b": fault.Config, "s3://host:1/b?x=canary": fault.Config, "s3://host:1/b/../c": fault.Config,
		"s3://host:1/b/.hidden": fault.Config, "s3://127.0.0.1:1/bucket": fault.Unreachable,
	} {
		_, err := stores.Open(t.Context(), catalog.Config{Store: store}, t.TempDir())
		if err == nil || fault.KindOf(err) != kind {
			t.Errorf("%q: %v", store, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: the error shows it", store)
		}
	}
	auth := catalog.StoreAuth{AccessKey: "${NOT_SET_ANYWHERE}", SecretKey: "x"}
	if _, err := stores.Open(t.Context(), catalog.Config{Store: "s3://127.0.0.1:1/bucket", StoreAuth: auth}, t.TempDir()); fault.KindOf(err) != fault.Config {
		t.Errorf("a reference to nothing: %v", err)
	}
	if _, err := stores.OpenCache(nil, catalog.Config{Defaults: catalog.Defaults{CacheMax: "much"}}, t.TempDir()); fault.KindOf(err) != fault.Config {
		t.Errorf("a size that is none: %v", err)
	}
}
