package dongchang_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	dongchang "guiji/examples/dongchang"
	"guiji/examples/dongchang/generate"
	"guiji/internal/engine"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/minio"
	"guiji/lake"
)

// divisionsFolder holds the real administrative divisions of China down to the
// streets, as CSV files. It lies beside the project and is not part of it.
const divisionsFolder = "../../../shared/data/admin-divisions"

// The whole job on real servers and real data: MariaDB holds the departments'
// tables, 民政's with every province, city, county and street of China; the
// results land in MinIO. What went in is what landed, was quarantined, withheld or
// removed; every parent is there; names and codes are the same to the last byte.
func TestRealDivisions(t *testing.T) {
	ctx := t.Context()
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	maria, store := mariadb.Start(t), minio.Start(t)
	if err := data.Load(ctx, maria.DB()); err != nil {
		t.Fatal(err)
	}
	divisions := loadDivisions(t, maria)
	dir := filepath.Join(t.TempDir(), "project")
	realProject(t, dir, data, store)
	guiji := build(t)
	maria.Exec(t, "CREATE USER reader IDENTIFIED BY 'of-this-test'", "GRANT SELECT ON *.* TO reader")
	env := append(os.Environ(), "DEMO_MYSQL_ADDR="+maria.Address, "DEMO_MYSQL_USER=reader", "DEMO_MYSQL_PASSWORD=of-this-test",
		"TEST_S3_KEY="+store.AccessKey, "TEST_S3_SECRET="+store.SecretKey)
	run := func(args ...string) []byte {
		t.Helper()
		cmd := exec.CommandContext(ctx, guiji, append([]string{"-C", dir, "--lang", "en"}, args...)...)
		cmd.Env = env
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("guiji %s: %v\n%s%s", strings.Join(args, " "), err, out.Bytes(), errs.Bytes())
		}
		return out.Bytes()
	}
	var records []lake.RunRecord
	if err := json.Unmarshal(run("run", "--json"), &records); err != nil {
		t.Fatal(err)
	}
	accounted(t, records[0])
	run("verify", "--read-data", "all")
	exported := filepath.Join(t.TempDir(), "all.duckdb")
	run("export", exported)
	landed(ctx, t, exported, divisions)
}

// division is one row of the real table: code, name, code of its parent.
type division struct{ code, name, parent string }

// loadDivisions puts the real divisions into 民政's table, over the example's own.
func loadDivisions(t *testing.T, server *mariadb.Server) []division {
	t.Helper()
	if _, err := os.Stat(divisionsFolder); err != nil {
		t.Logf("%s is not here: the example's own divisions are used instead of the real ones", divisionsFolder)
		return nil
	}
	var all []division
	for level, f := range []struct{ file, parent string }{{"provinces", ""}, {"cities", "provinceCode"}, {"areas", "cityCode"}, {"streets", "areaCode"}} {
		rows := readDivisions(t, filepath.Join(divisionsFolder, f.file+".csv"), f.parent)
		all = append(all, rows...)
		for batch := range slices.Chunk(rows, 5000) {
			args := make([]any, 0, 4*len(batch))
			for _, d := range batch {
				var parent any
				if d.parent != "" {
					parent = d.parent
				}
				args = append(args, d.code, d.name, parent, level+1)
			}
			query := "REPLACE INTO minzheng.t_area (dm, mc, sjdm, jb) VALUES " + strings.TrimSuffix(strings.Repeat("(?,?,?,?),", len(batch)), ",")
			if _, err := server.DB().Exec(query, args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

func readDivisions(t *testing.T, path, parent string) []division {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	var out []division
	for _, r := range rows[1:] {
		d := division{code: r[at["code"]], name: r[at["name"]]}
		if parent != "" {
			d.parent = r[at[parent]]
		}
		out = append(out, d)
	}
	return out
}

// realProject writes the example with MinIO for its store and gates wide open.
func realProject(t *testing.T, dir string, data *generate.Dataset, store *minio.Server) {
	t.Helper()
	if err := dongchang.WriteProject(dir); err != nil {
		t.Fatal(err)
	}
	if err := data.WriteFiles(filepath.Join(dir, "drop")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "guiji.yaml")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	was := "store: file://./lake"
	if !bytes.Contains(config, []byte(was)) {
		t.Fatalf("guiji.yaml does not say %q", was)
	}
	config = bytes.Replace(config, []byte(was), []byte(fmt.Sprintf(
		"store_auth: {access_key: \"${TEST_S3_KEY}\", secret_key: \"${TEST_S3_SECRET}\"}\nstore: s3://%s/guiji", store.Endpoint)), 1)
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
}

// build makes the program from the checkout this test is in.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guiji")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/guiji")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build guiji: %v\n%s", err, out)
	}
	return path
}

// accounted asserts that no row is lost: what was read landed, or is named.
func accounted(t *testing.T, rec lake.RunRecord) {
	t.Helper()
	if rec.Outcome != lake.RunOK || len(rec.Resources) < 5 {
		t.Fatalf("outcome %s over %d resources", rec.Outcome, len(rec.Resources))
	}
	for id, r := range rec.Resources {
		c := r.Resource
		if c.Read == 0 || c.Read != c.Landed+c.Quarantined+c.Withheld+c.Duplicates {
			t.Errorf("%s: read %d, landed %d, quarantined %d, withheld %d, duplicates %d", id, c.Read, c.Landed, c.Quarantined, c.Withheld, c.Duplicates)
		}
	}
}

// landed asserts that the real divisions are there, unchanged, with their parents.
func landed(ctx context.Context, t *testing.T, database string, divisions []division) {
	t.Helper()
	s, err := engine.Open(ctx, engine.Options{Path: database, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Query(ctx, "divisions", "SELECT code, name, coalesce(parent, '') FROM standard.minzheng__area")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	there := map[string]division{}
	for rows.Next() {
		var d division
		if err := rows.Scan(&d.code, &d.name, &d.parent); err != nil {
			t.Fatal(err)
		}
		there[d.code] = d
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var got []division
	for _, d := range divisions {
		if g, ok := there[d.code]; ok {
			got = append(got, g)
		}
		if _, ok := there[d.parent]; !ok && d.parent != "" {
			t.Errorf("the parent %s of %s is not there", d.parent, d.code)
		}
	}
	if len(got) != len(divisions) || sum(got) != sum(divisions) {
		t.Errorf("%d of %d divisions landed; content equal: %v", len(got), len(divisions), sum(got) == sum(divisions))
	}
}

func sum(rows []division) [sha256.Size]byte {
	lines := make([]string, len(rows))
	for i, d := range rows {
		lines[i] = d.code + "\t" + d.name + "\t" + d.parent
	}
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, "\n")))
}
