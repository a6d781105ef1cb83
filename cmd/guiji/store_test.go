package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guiji/catalog"
	"guiji/internal/testkit/mariadb"
	miniotest "guiji/internal/testkit/minio"
	"guiji/lake"
	"guiji/lake/stores"
)

// onMinIO moves a desk to a bucket of a server.
func (d *desk) onMinIO(store *miniotest.Server, address, bucket string) {
	d.Helper()
	auth := "store_auth: {access_key: \"${LAB_S3_KEY}\", secret_key: \"${LAB_S3_SECRET}\"}\n"
	d.config("s3://"+address+"/"+bucket, auth, d.address)
	d.env = append(d.env, "LAB_S3_KEY="+store.AccessKey, "LAB_S3_SECRET="+store.SecretKey)
	d.store = func() lake.Objects {
		cfg := catalog.Config{Store: "s3://" + store.Endpoint + "/" + bucket, StoreAuth: catalog.StoreAuth{AccessKey: store.AccessKey, SecretKey: store.SecretKey}}
		o, err := stores.Open(d.Context(), cfg, d.dir)
		if err != nil {
			d.Fatal(err)
		}
		return o
	}
}

// An object store that is down, refuses, or goes away in the middle.
func TestStoreFaults(t *testing.T) {
	t.Parallel()
	server, store := mariadb.Shared(t), miniotest.Shared(t)
	t.Run("down", func(t *testing.T) {
		d := newDesk(t, server, "storedown")
		d.onMinIO(store, store.Endpoint, "down")
		d.good()
		was := d.releases()
		d.edit("guiji.yaml", store.Endpoint, closedPort(d))
		for lang, wants := range map[string][]string{"en": {"cannot be reached", "check that it runs"}, "zh": {"无法连接对象存储", "请确认其正在运行"}} {
			for _, args := range [][]string{{"run"}, {"status"}, {"query", "SELECT 1"}} {
				e := d.guiji(append(args, "--lang", lang)...)
				if e.code != 4 || e.took > 30*time.Second {
					t.Errorf("%s: exit code %d after %s", args[0], e.code, e.took)
				}
				d.contains("guiji "+args[0], e.all(), append(wants, "127.0.0.1:")...)
			}
		}
		d.same(was)
	})
	t.Run("wrong credentials", func(t *testing.T) {
		d := newDesk(t, server, "storewrong")
		d.onMinIO(store, store.Endpoint, "wrong")
		d.good()
		was := d.releases()
		d.env = append(d.env, "LAB_S3_SECRET="+password+"-of-nobody")
		for lang, want := range map[string]string{"en": "check store_auth in guiji.yaml", "zh": "请检查 guiji.yaml 的 store_auth"} {
			e := d.guiji("run", "--lang", lang)
			if e.code != 5 || e.took > 10*time.Second {
				t.Errorf("exit code %d after %s: wrong credentials fail at once", e.code, e.took)
			}
			d.contains("guiji run", e.all(), want, store.Endpoint)
		}
		d.same(was)
	})
	t.Run("no right to write", func(t *testing.T) { readOnlyBucket(t, server, store) })
	t.Run("goes away in the middle", func(t *testing.T) { storeGoes(t, server, store) })
}

// same checks that the releases are what they were, and nothing is left open.
func (d *desk) same(was map[string]string) {
	d.Helper()
	now := d.releases()
	if len(now) != len(was) {
		d.Errorf("%d releases, there were %d", len(now), len(was))
	}
	for key, body := range was {
		if now[key] != body {
			d.Errorf("%s was changed", key)
		}
	}
	d.tidy()
}

// readOnlyBucket signs in as nobody, to whom the bucket's policy allows reading.
func readOnlyBucket(t *testing.T, server *mariadb.Server, store *miniotest.Server) {
	d := newDesk(t, server, "storeright")
	d.onMinIO(store, store.Endpoint, "right")
	d.good()
	was := d.releases()
	c, err := minio.New(store.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(store.AccessKey, store.SecretKey, "")})
	if err != nil {
		t.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:GetObject","s3:ListBucket","s3:GetBucketLocation"],"Resource":["arn:aws:s3:::right","arn:aws:s3:::right/*"]}]}`
	if err := c.SetBucketPolicy(t.Context(), "right", policy); err != nil {
		t.Fatal(err)
	}
	d.config("s3://"+store.Endpoint+"/right", "", d.address)
	for lang, want := range map[string]string{"en": "the rights of the access key on the bucket", "zh": "访问密钥在该存储桶上的权限"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 5 {
			t.Errorf("exit code %d, want 5", e.code)
		}
		d.contains("guiji run", e.all(), want, store.Endpoint)
	}
	if e := d.guiji("status"); e.code != 0 {
		t.Errorf("reading is allowed, yet status ends with %d: %s", e.code, e.all())
	}
	d.same(was)
}

// storeGoes takes the store away while the source is read.
func storeGoes(t *testing.T, server *mariadb.Server, store *miniotest.Server) {
	d := newDesk(t, server, "storegoes")
	w := newWire(t, store.Endpoint)
	d.onMinIO(store, w.Addr().String(), "goes")
	d.edit("guiji.yaml", "defaults: {", "defaults: {lease: 3s, ")
	d.good()
	was := d.releases()
	d.grow(server, 20_000)
	d.slow(8192)
	r := d.launch(server)
	w.gone()
	began := time.Now()
	if code := r.finish(); code != 4 {
		t.Errorf("exit code %d, want 4: %s", code, r.out.String())
	}
	if took := time.Since(began); took > 60*time.Second {
		t.Errorf("ended %s after the store", took)
	}
	d.contains("guiji run", r.out.String(), "cannot be reached", "check that it runs")
	if strings.Contains(r.out.String(), store.SecretKey) {
		t.Error("the store's secret was printed")
	}
	now := d.releases()
	for key, body := range was {
		if len(now) != len(was) || now[key] != body {
			t.Errorf("%s was changed", key)
		}
	}
	if left, err := os.ReadDir(d.scratch); err != nil || len(left) > 0 {
		t.Errorf("scratch holds %v, %v", left, err)
	}
	d.edit("guiji.yaml", w.Addr().String(), store.Endpoint)
	for end := time.Now().Add(10 * time.Second); d.alive() && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
	}
	d.good() // the lease of a run that lost its store has ended by itself
	if d.head().Version != 2 {
		t.Errorf("release %d, want 2", d.head().Version)
	}
}
