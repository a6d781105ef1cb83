// Package drivers finds what the example programs of connectors/command run on: Python with
// pyarrow, and Java with Arrow and an embedded JDBC database. Tests alone import it.
package drivers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Python is the interpreter and the folder that holds pyarrow.
func Python(t testing.TB) (program, path string) {
	t.Helper()
	return find(t, "python3"), folder(t, "python", "pyarrow")
}

// Java compiles a source file and returns the program with the class path to run it with.
func Java(t testing.TB, source string) (program, classes string) {
	t.Helper()
	jars := filepath.Join(folder(t, "jdbc", "h2-*.jar"), "*")
	dir := t.TempDir()
	if out, err := exec.Command(find(t, "javac"), "-cp", jars, "-d", dir, source).CombinedOutput(); err != nil {
		t.Fatalf("compile %s: %v\n%s", source, err, out)
	}
	return find(t, "java"), dir + ":" + jars
}

func find(t testing.TB, name string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not on PATH: install Python 3 and a JDK of 17 or later", name)
	}
	return program
}

// folder is where internal/testkit/install.sh puts things.
func folder(t testing.TB, name, holds string) string {
	t.Helper()
	tools := os.Getenv("GUIJI_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		tools = filepath.Join(cache, "guiji", "tools")
	}
	dir := filepath.Join(tools, name)
	if found, err := filepath.Glob(filepath.Join(dir, holds)); err != nil || len(found) == 0 {
		t.Fatalf("no %s in the folder of tools: run `make tools`, which puts it there", holds)
	}
	return dir
}
