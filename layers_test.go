// Package guiji_test states how the rooms of this repository may depend on each
// other, and fails where they do otherwise. Nobody imports it.
package guiji_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The rooms from left to right. A package may import packages of rooms further
// right; rooms of one group do not import each other, and within a room anything
// may import anything unless exceptions below says more.
var groups = [][]string{
	{"cmd"},
	{"pipelines", "publish"},
	{"connectors", "transforms", "quality"},
	{"lake"},
	{"catalog"},
	{"internal"},
}

// Only these packages may import what stands on the right.
var only = []struct{ imported, by string }{
	{"guiji/connectors/all", "guiji/cmd/"},
	{"guiji/connectors/", "guiji/connectors/all guiji/bench"}, // implementations; cmd gets them from all
	{"guiji/connectors/connectortest", ""},                    // tests alone
	{"guiji/connectors/files", "guiji/connectors/"},
	{"guiji/connectors/files/remote", "guiji/connectors/s3files guiji/connectors/sftpfiles"},
	{"guiji/connectors/csvfile", "guiji/connectors/all guiji/connectors/files/remote guiji/connectors/s3files guiji/connectors/sftpfiles guiji/bench"}, // what was fetched is read with them
	{"guiji/connectors/excel", "guiji/cmd/ guiji/connectors/all guiji/connectors/files/remote guiji/connectors/s3files guiji/connectors/sftpfiles guiji/bench"},
	{"guiji/connectors/parquetfile", "guiji/connectors/all guiji/connectors/files/remote guiji/connectors/s3files guiji/connectors/sftpfiles guiji/bench"},
	{"guiji/connectors/jsonl", "guiji/connectors/all guiji/connectors/files/remote guiji/connectors/s3files guiji/connectors/sftpfiles guiji/bench"},
	{"guiji/internal/testkit/", "guiji/bench guiji/internal/testkit/"},
	{"github.com/duckdb/duckdb-go", "guiji/internal/engine guiji/bench"},
	{"github.com/spf13/cobra", "guiji/cmd/"},
	{"guiji/lake/localdir", "guiji/lake/stores"},
	{"guiji/lake/s3", "guiji/lake/stores"},
	{"github.com/minio/minio-go", "guiji/lake/s3 guiji/connectors/s3files guiji/internal/testkit/"},
	{"github.com/pkg/sftp", "guiji/connectors/sftpfiles guiji/internal/testkit/"},
	{"github.com/cenkalti/backoff", "guiji/internal/retry"}, // one place repeats what failed
	{"github.com/go-sql-driver/mysql", "guiji/connectors/mysql guiji/internal/testkit/ guiji/bench"},
}

// These compile without DuckDB, not even by way of others: a test binary with it
// takes 76 MB, and the commit protocol has nothing to do with it.
var withoutDuckDB = []string{
	"guiji/lake", "guiji/lake/localdir", "guiji/lake/s3", "guiji/lake/stores", "guiji/lake/objectstest", "guiji/lake/retention", "guiji/lake/sweep",
	"guiji/catalog", "guiji/quality", "guiji/quality/checks", "guiji/quality/worklist", "guiji/transforms/standardize", "guiji/connectors/", "guiji/pipelines/schedule", "guiji/pipelines/metrics", "guiji/pipelines/discover", "guiji/publish/",
	"guiji/internal/fault", "guiji/internal/text", "guiji/internal/secret", "guiji/internal/ident", "guiji/internal/state/",
}

// dependency is a package as go list tells of it.
type dependency struct {
	ImportPath string
	Imports    []string
	Deps       []string
	GoFiles    []string
	Dir        string
	Doc        string
}

// layout lists the packages of this module, with the examples' left out: they are
// a module of their own.
func layout(t *testing.T) []dependency {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,GoFiles,Dir,Doc", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var list []dependency
	for dec := json.NewDecoder(out); ; {
		var d dependency
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("go list found %d packages", len(list))
	}
	return list
}

func TestRoomsImportToTheRightOnly(t *testing.T) {
	for _, p := range layout(t) {
		from, room := groupOf(p.ImportPath)
		for _, i := range p.Imports {
			to, other := groupOf(i)
			switch {
			case to < 0 || from < 0 || room == other:
			case to == from:
				t.Errorf("%s imports %s: rooms of one group do not know each other", p.ImportPath, i)
			case to < from:
				t.Errorf("%s imports %s: against the direction", p.ImportPath, i)
			}
		}
	}
}

// groupOf is the place and name of a package's room; -1 for packages of no room.
func groupOf(path string) (int, string) {
	rest, ours := strings.CutPrefix(path, "guiji/")
	if !ours {
		return -1, ""
	}
	room, _, _ := strings.Cut(rest, "/")
	for i, g := range groups {
		if slices.Contains(g, room) {
			return i, room
		}
	}
	return -1, room
}

// A folder with Go code that is in no room would escape the rules above.
func TestEveryPackageHasARoom(t *testing.T) {
	apart := []string{"guiji/bench", "guiji/deploy", "guiji/docs"} // measure and validate; nobody imports them
	for _, p := range layout(t) {
		if g, _ := groupOf(p.ImportPath); g < 0 && p.ImportPath != "guiji" && !slices.Contains(apart, p.ImportPath) {
			t.Errorf("%s is in no room of groups", p.ImportPath)
		}
		for _, i := range p.Imports {
			if slices.Contains(apart, i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

func TestOnlyTheNamedImport(t *testing.T) {
	for _, p := range layout(t) {
		for _, i := range p.Imports {
			rule := -1
			for n, o := range only { // the longest that fits rules
				if fits(i, o.imported) && (rule < 0 || len(o.imported) > len(only[rule].imported)) {
					rule = n
				}
			}
			if rule >= 0 && !slices.ContainsFunc(strings.Fields(only[rule].by), func(by string) bool { return fits(p.ImportPath, by) }) {
				t.Errorf("%s imports %s; allowed to: %q", p.ImportPath, i, only[rule].by)
			}
		}
	}
}

// fits reports whether path is the package named, or lies under a name that ends
// in a slash or belongs to another module.
func fits(path, name string) bool {
	if strings.HasSuffix(name, "/") {
		return strings.HasPrefix(path, name)
	}
	return path == name || !strings.HasPrefix(name, "guiji/") && strings.HasPrefix(path, name)
}

func TestCommitAndKernelsNeedNoDuckDB(t *testing.T) {
	for _, p := range layout(t) {
		if !slices.ContainsFunc(withoutDuckDB, func(name string) bool { return fits(p.ImportPath, name) }) {
			continue
		}
		for _, d := range p.Deps {
			if strings.HasPrefix(d, "github.com/duckdb/") {
				t.Errorf("%s depends on %s", p.ImportPath, d)
				break
			}
		}
	}
}

// The proofs of the commit protocol are tests; they compile without DuckDB too.
func TestProofsNeedNoDuckDB(t *testing.T) {
	args := []string{"list", "-test", "-deps", "./lake", "./lake/localdir", "./lake/s3", "./lake/protocoltest", "./pipelines/simulation"}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 || strings.Contains(string(out), "github.com/duckdb/") {
		t.Errorf("%v names DuckDB", args[3:])
	}
}
