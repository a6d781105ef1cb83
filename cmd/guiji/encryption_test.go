package main

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/minio"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/sealed"
)

const (
	storeKey   = "00112233445566778899aabbccddeeff"
	servingKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
)

// sealedDesk is a project whose store and serving files are encrypted.
func sealedDesk(t *testing.T, server *mariadb.Server, name string) *desk {
	t.Helper()
	d := newDesk(t, server, name)
	d.env = append(d.env, "STORE_KEY="+storeKey, "SERVING_KEY="+servingKey)
	d.sealInto("./sealed")
	return d
}

func (d *desk) sealInto(folder string) {
	d.Helper()
	d.config("file://"+folder, "encryption: {store: sm4-gcm, key: '${STORE_KEY}', serving: '${SERVING_KEY}'}\n", d.address)
	d.store = func() lake.Objects {
		dir, err := localdir.Open(filepath.Join(d.dir, folder))
		if err != nil {
			d.Fatal(err)
		}
		key := bytes.Repeat([]byte{0}, 16)
		for i := range key {
			key[i] = byte(i * 0x11)
		}
		s, err := sealed.Open(d.Context(), dir, key)
		if err != nil {
			d.Fatal(err)
		}
		return s
	}
}

// inPlain are the files below a folder that hold one of the texts.
func (d *desk) inPlain(folder string, texts ...string) []string {
	d.Helper()
	var out []string
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range texts {
			if bytes.Contains(b, []byte(s)) {
				out = append(out, path+": "+s)
			}
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return out
}

var canaries = []string{"张三", "371502199001010012", "柳园南路1号", "gongan__resident"}

// The whole way in encrypted mode: run, query, preview, verify, export, damage, rebuild:
// everything works, and no value lies in plain in store, serving files or scratch.
func TestEncryptedAtRest(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := sealedDesk(t, server, "sealed")
	d.write("drop/README", "nothing is delivered")
	d.good()
	server.Exec(t, "INSERT INTO sealed.t_person VALUES (4, '371502199901010011', '赵六', 33)")
	d.good()
	clean := func(when string) {
		t.Helper()
		for folder, texts := range map[string][]string{"sealed": canaries, "serving": canaries, "state": canaries[:3]} { // the audit chain names tables
			if left := d.inPlain(filepath.Join(d.dir, folder), texts...); len(left) > 0 {
				t.Errorf("%s: %s", when, left)
			}
		}
		d.tidy()
	}
	clean("after two runs")
	if got := d.rows("SELECT name FROM standard.gongan__resident WHERE id = 1"); len(got) != 1 || got[0][0] != "张三" {
		t.Errorf("rows %v", got)
	}
	if e := d.guiji("query", "SELECT count(*) AS n FROM standard.gongan__resident", "--release", "1"); e.code != 0 || !strings.Contains(e.out, "3") {
		t.Errorf("the past: %s", e.all())
	}
	for _, args := range [][]string{{"preview", "gongan/resident"}, {"verify"}, {"gc", "--dry-run"}, {"diff", "1", "2"}, {"status"}, {"runs"}, {"report"}, {"plan"}, {"doctor"}} {
		e := d.guiji(args...)
		if e.code != 0 || strings.Contains(e.all(), storeKey) || strings.Contains(e.all(), servingKey) {
			t.Errorf("%v: exit code %d\n%s", args, e.code, e.all())
		}
	}
	d.contains("doctor", d.guiji("doctor", "--lang", "en").out, "sm4-gcm", "AES-256-GCM", d.scratch)
	clean("after looks")

	// an export is plain, unless asked
	out := t.TempDir()
	if e := d.guiji("export", filepath.Join(out, "plain.duckdb")); e.code != 0 {
		t.Error(e.all())
	}
	d.env = append(d.env, "EXPORT_KEY=a key for the other office")
	if e := d.guiji("export", filepath.Join(out, "sealed.duckdb"), "--key", "${EXPORT_KEY}"); e.code != 0 {
		t.Error(e.all())
	}
	if e := d.guiji("export", filepath.Join(out, "x.duckdb"), "--key", "a key for the other office"); e.code != 2 {
		t.Errorf("a key on the command line: exit code %d\n%s", e.code, e.all())
	}
	if left := d.inPlain(out, "gongan__resident"); len(left) != 1 || !strings.Contains(left[0], "plain.duckdb") {
		t.Errorf("exports: %s", left)
	}

	// all local state gone: it comes back from the store
	if err := os.RemoveAll(filepath.Join(d.dir, "serving")); err != nil {
		t.Fatal(err)
	}
	if e := d.guiji("rebuild"); e.code != 0 {
		t.Errorf("rebuild: %s", e.all())
	}
	if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); len(got) != 1 || got[0][0] != 4.0 {
		t.Errorf("rows %v", got)
	}
	clean("after a rebuild")
	d.damage("sealed")
}

// damage turns a bit in every object of the store, one at a time: verify names each.
func (d *desk) damage(folder string) {
	d.Helper()
	rng := rand.New(rand.NewPCG(5, 8))
	n := 0
	for o, err := range d.store().List(d.Context(), "") {
		if err != nil {
			d.Fatal(err)
		}
		if !strings.HasPrefix(o.Key, "data/standard") && !strings.HasPrefix(o.Key, "release/v") {
			continue
		}
		path := filepath.Join(d.dir, folder, o.Key)
		whole, err := os.ReadFile(path)
		if err != nil {
			d.Fatal(err)
		}
		bad := bytes.Clone(whole)
		bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
		d.write(filepath.Join(folder, o.Key), string(bad))
		if e := d.guiji("verify", "--lang", "en"); e.code != 4 || !strings.Contains(e.out, o.Key) {
			d.Errorf("%s: exit code %d\n%s", o.Key, e.code, e.all())
		}
		d.write(filepath.Join(folder, o.Key), string(whole))
		n++
	}
	if e := d.guiji("verify"); e.code != 0 || n < 4 {
		d.Errorf("%d objects, as they were: %s", n, e.all())
	}
}

// Wrong settings are refused with what to do; a plain store is brought over by copy, and
// back.
func TestStoreChangesItsKey(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "moved")
	d.good()
	want := d.landed()
	d.env = append(d.env, "STORE_KEY="+storeKey, "SERVING_KEY="+servingKey)
	d.sealInto("./lake")
	if e := d.guiji("run", "--lang", "en"); e.code != 2 || !strings.Contains(e.all(), "guiji copy") {
		t.Errorf("a plain store as a sealed one: exit code %d\n%s", e.code, e.all())
	}
	d.sealInto("./sealed")
	if e := d.guiji("copy", "--from", "file://./lake", "--lang", "zh"); e.code != 0 {
		t.Fatalf("copy: %s", e.all())
	}
	if e := d.guiji("verify"); e.code != 0 {
		t.Errorf("verify: %s", e.all())
	}
	if d.landed() != want {
		t.Error("the sealed store holds something else")
	}
	d.good()
	if left := d.inPlain(filepath.Join(d.dir, "serving"), canaries...); len(left) > 0 {
		t.Errorf("of the time before: %s", left)
	}
	for i, v := range d.env { // another key
		if strings.HasPrefix(v, "STORE_KEY=") {
			d.env[i] = "STORE_KEY=" + strings.Repeat("ab", 16)
		}
	}
	if e := d.guiji("run", "--lang", "en"); e.code != 5 || !strings.Contains(e.all(), "does not open with the key") {
		t.Errorf("another key: exit code %d\n%s", e.code, e.all())
	}
	d.config("file://./sealed", "", d.address)
	if e := d.guiji("run", "--lang", "en"); e.code != 2 || !strings.Contains(e.all(), "sm4-gcm") {
		t.Errorf("a sealed store as a plain one: exit code %d\n%s", e.code, e.all())
	}
}

// kill -9 in encrypted mode: what lay in plain while the run lasted is gone after the next
// start.
func TestKilledInEncryptedMode(t *testing.T) {
	t.Parallel()
	kills := 2
	if long() {
		kills = 100
	}
	server := mariadb.Shared(t)
	d := sealedDesk(t, server, "sealedkill")
	d.edit("guiji.yaml", "defaults: {", "defaults: {lease: 1s, ")
	d.grow(server, 1500)
	whole := min(d.good().took, d.good().took)
	rng := rand.New(rand.NewPCG(4, 2))
	seen := 0
	for i := range kills {
		cmd := d.command("run")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole/3 + time.Duration(rng.Int64N(int64(whole/3))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // of a killed process
		if left, _ := os.ReadDir(d.scratch); len(left) > 0 {
			seen++
		}
		for end := time.Now().Add(5 * time.Second); d.alive() && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		}
		d.good()
		d.tidy()
		if left := d.inPlain(d.dir, "371502199001010012"); len(left) > 0 {
			for _, l := range left {
				if !strings.Contains(l, "/reports/") {
					t.Errorf("kill %d: %s", i, l)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no killed run left anything: nothing was looked for")
	}
}

// The same on a bucket that encrypts: neither the server's disk nor this machine's holds
// a value in plain; a server without keys is refused before anything is put.
func TestBucketEncrypted(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "bucketed")
	d.write("drop/README", "nothing is delivered")
	m := minio.StartEncrypting(t)
	d.env = append(d.env, "SERVING_KEY="+servingKey, "S3_KEY="+m.AccessKey, "S3_SECRET="+m.SecretKey)
	bucket := func(m *minio.Server) {
		d.config("s3://"+m.Endpoint+"/guiji", "store_auth: {access_key: '${S3_KEY}', secret_key: '${S3_SECRET}'}\n"+
			"encryption: {store: sse-s3, serving: '${SERVING_KEY}'}\n", d.address)
	}
	bucket(m)
	d.good()
	if got := d.rows("SELECT name FROM standard.gongan__resident WHERE id = 1"); len(got) != 1 || got[0][0] != "张三" {
		t.Errorf("rows %v", got)
	}
	for _, folder := range []string{m.Dir(), filepath.Join(d.dir, "serving"), d.scratch} {
		if left := d.inPlain(folder, canaries...); len(left) > 0 {
			t.Errorf("%s", left)
		}
	}
	for _, args := range [][]string{{"verify"}, {"doctor"}, {"rebuild"}} {
		if e := d.guiji(args...); e.code != 0 {
			t.Errorf("%v: exit code %d\n%s", args, e.code, e.all())
		}
	}
	keyless := minio.Shared(t)
	d.env = append(d.env, "S3_KEY="+keyless.AccessKey, "S3_SECRET="+keyless.SecretKey)
	bucket(keyless)
	for _, args := range [][]string{{"doctor", "--lang", "en"}, {"run", "--lang", "en"}} {
		if e := d.guiji(args...); e.code != 2 || !strings.Contains(e.all(), "did not encrypt") {
			t.Errorf("%v on a server without keys: exit code %d\n%s", args, e.code, e.all())
		}
	}
}
