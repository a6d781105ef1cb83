package lake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
)

func store(t testing.TB) *localdir.Dir {
	t.Helper()
	d, err := localdir.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// unsure is a store whose answers to puts get lost: the put happened, or not.
type unsure struct {
	lake.Objects
	mu   sync.Mutex
	next func(key string) (happens, answered bool)
}

func (u *unsure) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	u.mu.Lock()
	happens, answered := u.next(key)
	u.mu.Unlock()
	var o lake.Object
	var err error
	if happens {
		o, err = u.Objects.Put(ctx, key, body, size, cond)
	}
	if !answered {
		return lake.Object{}, fault.New(fault.Unknown, "lake.s3.unknown", "test")
	}
	return o, err
}

// down is a store that cannot be reached while it is set.
type down struct {
	lake.Objects
	isDown bool
}

func (d *down) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if d.isDown {
		return nil, lake.Object{}, fault.New(fault.Unreachable, "lake.s3.unreachable", "test")
	}
	return d.Objects.Get(ctx, key)
}

func (d *down) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if d.isDown {
		return lake.Object{}, fault.New(fault.Unreachable, "lake.s3.unreachable", "test")
	}
	return d.Objects.Put(ctx, key, body, size, cond)
}

// upload stages a file of some content as a dataset's only one.
func upload(t testing.TB, objs lake.Objects, key, content string) lake.File {
	t.Helper()
	p := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := lake.Upload(t.Context(), objs, key, p, 3)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func release(version uint64, files ...lake.File) *lake.Release {
	r := &lake.Release{
		Version: version, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RunID: "r", Pipeline: "nightly",
		Slots: []string{fmt.Sprintf("nightly@%d", version)}, Sources: []string{"gongan/resident"},
		Datasets:  map[string]lake.Dataset{},
		Resources: map[string]lake.Resource{"gongan/resident": {Outcome: "ok", Since: version}},
	}
	for i, f := range files {
		r.Datasets[fmt.Sprintf("standard/d/%d", i)] = lake.Dataset{
			Layer: "standard", Table: fmt.Sprintf("d__%d", i), Files: []lake.File{f}, Rows: f.Rows, Since: version,
			Columns: []lake.Column{{Name: "id", Type: "BIGINT"}},
		}
	}
	return r
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func mustCommit(t testing.TB, c *lake.Chain, r *lake.Release) {
	t.Helper()
	if err := c.Commit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func rewrite(t testing.TB, objs lake.Objects, key string, change func(string) string) {
	t.Helper()
	body, _, err := objs.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	body.Close()
	s := change(string(b))
	if _, err := objs.Put(t.Context(), key, strings.NewReader(s), int64(len(s)), lake.Condition{}); err != nil {
		t.Fatal(err)
	}
}
