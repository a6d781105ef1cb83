package score_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/score"
	"guiji/internal/engine"
	"guiji/lake"
)

// store writes a release of docs/layout.md by hand: a query a dataset.
func store(t *testing.T, datasets map[string]string) string {
	t.Helper()
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	release := lake.Release{Version: 12, Sources: []string{"gongan/resident", "minzheng/marriage#husband"}, Datasets: map[string]lake.Dataset{}}
	for name, query := range datasets {
		key := "data/" + name + "/slot/attempt/part.parquet"
		path := filepath.Join(dir, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CopyQuery(ctx, "test", query, path, engine.ParquetOptions{}); err != nil {
			t.Fatal(err)
		}
		release.Datasets[name] = lake.Dataset{Columns: columns(t, s, query), Files: []lake.File{{Key: key}}}
	}
	data, err := json.Marshal(release)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "release"), 0o700); err != nil {
		t.Fatal(err)
	}
	// an older one must not be read
	for name, body := range map[string][]byte{"v000000000009.json": []byte("{}"), "v000000000012.json": data} {
		if err := os.WriteFile(filepath.Join(dir, "release", name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func columns(t *testing.T, s *engine.Session, query string) []lake.Column {
	t.Helper()
	rows, err := s.Query(context.Background(), "test", "DESCRIBE "+query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []lake.Column
	for rows.Next() {
		var c lake.Column
		var rest [4]any
		if err := rows.Scan(&c.Name, &c.Type, &rest[0], &rest[1], &rest[2], &rest[3]); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestCompare(t *testing.T) {
	dir := store(t, map[string]string{
		"quality/gongan/resident/failures": `SELECT * FROM (VALUES
			(1::BIGINT, 'name.not_null', 'aa'), (2, 'name.not_null', 'aa'), (7, 'birth.sql', 'bb')) t(id, rule, version)`,
		"quality/gongan/resident/metrics": `SELECT * FROM (VALUES
			('name.not_null', 'not_null', 'name', 'fail'), ('birth.sql', 'sql', 'birth', 'fail'),
			('pair', 'unique', 'a,b', 'not_evaluated')) t(rule, kind, item, status)`,
		"quality/gongan/resident/duplicates": `SELECT 5::BIGINT AS id, '["4"]' AS kept`,
		"quality/gongan/resident/quarantine": `SELECT * FROM (VALUES ('', 'RS01,a,b', 'csvfile.fields'), ('', '', 'standardize.null_key'),
			(NULL, 'RS09', 'csvfile.fields')) t("key", "text", reason)`,
		"entity/person/conflicts": `SELECT * FROM (VALUES ('K1', 'DE0002', 'name', 1::SMALLINT, '["J1"]')) t(entity_key, element, "column", holder, record_key)`,
	})
	release, err := score.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	r := "gongan/resident"
	got := score.Compare([]generate.Finding{
		{Kind: "not_null", Resource: r, Rule: "name.not_null", Key: `["1"]`, Expect: generate.Failures},
		{Kind: "not_null", Resource: r, Rule: "name.not_null", Key: `["3"]`, Expect: generate.Failures}, // missed; 2 is false
		{Kind: "duplicates", Resource: r, Key: `["5"]`, Expect: generate.Duplicates},
		{Kind: "quarantine: broken record", Resource: r, Text: "RS01", Expect: generate.Quarantine},
		{Kind: "quarantine: NULL key", Resource: r, Reason: "standardize.null_key", Expect: generate.Quarantine},
		{Kind: "conflicts: name", Resource: "minzheng/marriage", Key: `["J1"]`, Element: "DE0002", Subject: "K1", Expect: generate.Conflicts},
	}, release)
	want := []score.Line{
		{Kind: "conflicts: name", Planted: 1, Found: 1},
		{Kind: "duplicates", Planted: 1, Found: 1},
		{Kind: "not_null", Planted: 2, Found: 1, Missed: 1, False: 1},
		{Kind: "quarantine: NULL key", Planted: 1, Found: 1},
		{Kind: "quarantine: broken record", Planted: 1, Found: 1},
		{Kind: "quarantine: other", False: 1},
		{Kind: "sql", False: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
	if score.Passed(got) || !score.Passed(got[:2]) {
		t.Error("a score passes exactly if nothing is missed or false")
	}
	if diff := cmp.Diff([]string{"gongan/resident pair"}, release.NotEvaluated); diff != "" {
		t.Errorf("not evaluated (-want +got):\n%s", diff)
	}
}

func TestNoReleaseIsAnError(t *testing.T) {
	if _, err := score.Open(context.Background(), t.TempDir()); err == nil {
		t.Fatal("no error")
	}
}
