package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"guiji/internal/fault"
	"guiji/internal/state/audit"
)

func open(t testing.TB, dir string) *audit.Log {
	t.Helper()
	l, err := audit.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// chain makes a chain of n records in a new folder.
func chain(t testing.TB, n int) (string, *audit.Log) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	l := open(t, dir)
	for i := range n {
		e := audit.Entry{Actor: "zhang", Act: "reveal", Object: "standard.gongan__resident", Reason: fmt.Sprintf("核查 <%d>", i),
			Detail: map[string]int64{"rows": int64(i), "columns": 2}}
		if _, err := l.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	return dir, l
}

func lines(t testing.TB, dir string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.SplitAfter(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

func write(t testing.TB, dir string, lines [][]byte) {
	t.Helper()
	b := bytes.Join(lines, nil)
	if !bytes.HasSuffix(b, []byte("\n")) && len(b) > 0 {
		b = append(b, '\n')
	}
	if err := os.WriteFile(filepath.Join(dir, "audit.jsonl"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWholeChainVerifies(t *testing.T) {
	dir, l := chain(t, 20)
	if n, err := l.Verify(); n != 20 || err != nil {
		t.Fatalf("%d records, %v", n, err)
	}
	head, err := l.Head()
	if err != nil || head.Seq != 20 {
		t.Fatalf("%+v, %v", head, err)
	}
	if _, err := open(t, dir).Append(audit.Entry{Actor: "li", Act: "export"}); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Verify(head); n != 21 || err != nil {
		t.Fatalf("with an anchor: %d records, %v", n, err)
	}
	for _, f := range []string{"audit.jsonl", "audit.head"} {
		if st, err := os.Stat(filepath.Join(dir, f)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, st.Mode(), err)
		}
	}
	if n, err := open(t, t.TempDir()).Verify(); n != 0 || err != nil {
		t.Errorf("an empty chain: %d, %v", n, err)
	}
}

// Every way to tamper, at every record, is found, and the record named.
func TestTamperingIsFound(t *testing.T) {
	const n = 8
	for i := range n {
		for name, tamper := range map[string]func([][]byte) [][]byte{
			"edit":   func(l [][]byte) [][]byte { l[i] = bytes.Replace(l[i], []byte("zhang"), []byte("wang5"), 1); return l },
			"spaces": func(l [][]byte) [][]byte { l[i] = bytes.Replace(l[i], []byte(":"), []byte(": "), 1); return l },
			"field":  func(l [][]byte) [][]byte { l[i] = bytes.Replace(l[i], []byte("{"), []byte(`{"x":1,`), 1); return l },
			"flip":   func(l [][]byte) [][]byte { l[i][len(l[i])/2] ^= 1; return l },
			"delete": func(l [][]byte) [][]byte { return append(l[:i:i], l[i+1:]...) },
			"reorder": func(l [][]byte) [][]byte {
				j := (i + 1) % n
				l[i], l[j] = append(bytes.TrimSuffix(l[j], []byte("\n")), '\n'), append(bytes.TrimSuffix(l[i], []byte("\n")), '\n')
				return l
			},
			"double": func(l [][]byte) [][]byte {
				l[i] = append(append(bytes.TrimSuffix(l[i], []byte("\n")), '\n'), l[i]...)
				return l
			},
			"truncate": func(l [][]byte) [][]byte { return l[:i] },
			"rubbish":  func(l [][]byte) [][]byte { l[i] = []byte("{}\n"); return l },
		} {
			dir, l := chain(t, n)
			write(t, dir, tamper(lines(t, dir)))
			found, err := l.Verify()
			if !errors.Is(err, audit.ErrBroken) || fault.KindOf(err) != fault.Data {
				t.Errorf("%s at %d: %v", name, i+1, err)
				continue
			}
			if first := int64(i); name != "reorder" && name != "double" && found > first || found > n {
				t.Errorf("%s at %d: %d records are said to be good", name, i+1, found)
			}
			if !strings.Contains(err.Error(), fmt.Sprint(found+1)) {
				t.Errorf("%s at %d: record %d is not named: %v", name, i+1, found+1, err)
			}
		}
	}
}

func TestHeadTamperingIsFound(t *testing.T) {
	for name, tamper := range map[string]func(head string) error{
		"gone":    os.Remove,
		"rubbish": func(p string) error { return os.WriteFile(p, []byte("x"), 0o600) },
		"other":   func(p string) error { return os.WriteFile(p, []byte(`{"seq":5,"hash":"00"}`), 0o600) },
		"earlier": func(p string) error { return os.WriteFile(p, []byte(`{"seq":2,"hash":"00"}`), 0o600) },
	} {
		dir, l := chain(t, 5)
		if err := tamper(filepath.Join(dir, "audit.head")); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Verify(); !errors.Is(err, audit.ErrBroken) {
			t.Errorf("%s: verify says %v", name, err)
		}
		if _, err := l.Append(audit.Entry{Act: "x"}); !errors.Is(err, audit.ErrBroken) {
			t.Errorf("%s: append says %v", name, err)
		}
	}
}

// Whoever writes the whole chain anew, head and all, is caught by an anchor.
func TestAnchorsCatchARewrite(t *testing.T) {
	_, l := chain(t, 5)
	anchor, err := l.Head()
	if err != nil {
		t.Fatal(err)
	}
	_, longer := chain(t, 7)
	_, shorter := chain(t, 3)
	for _, other := range []*audit.Log{longer, shorter, open(t, t.TempDir())} {
		if _, err := other.Verify(anchor); !errors.Is(err, audit.ErrBroken) {
			t.Errorf("%v", err)
		}
	}
}

// A crash may cut the last line, or come between log and head: both go on.
// Who writes the chain anew and lets the rewrite be anchored at the same place is
// found out by the anchor before.
func TestALaterAnchorDoesNotHideARewrite(t *testing.T) {
	_, l := chain(t, 5)
	_, rewritten := chain(t, 5)
	before, err := l.Head()
	if err != nil {
		t.Fatal(err)
	}
	after, err := rewritten.Head()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rewritten.Verify(before, after); !errors.Is(err, audit.ErrBroken) {
		t.Errorf("a rewritten chain verifies: %v", err)
	}
	if n, err := l.Verify(before, before); n != 5 || err != nil {
		t.Errorf("two releases on one head: %d, %v", n, err)
	}
}

func TestCrashesAreNoTampering(t *testing.T) {
	dir, l := chain(t, 3)
	f, err := os.OpenFile(filepath.Join(dir, "audit.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"seq":4,"time":"20`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if n, err := l.Verify(); n != 3 || err != nil {
		t.Fatalf("a cut line: %d, %v", n, err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "audit.head"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(audit.Entry{Act: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "audit.head"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Verify(); n != 4 || err != nil {
		t.Fatalf("an old head: %d, %v", n, err)
	}
	if _, err := l.Append(audit.Entry{Act: "y"}); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Verify(); n != 5 || err != nil {
		t.Fatalf("after both: %d, %v", n, err)
	}
}

// Processes and goroutines append at once; TestMain's child does the same.
func TestManyWriters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	var wg sync.WaitGroup
	for p := range 3 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), "AUDIT_CHILD="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("child %d: %v %s", p, err, out)
			}
		})
	}
	l := open(t, dir)
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if _, err := l.Append(audit.Entry{Act: "x"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n, err := l.Verify(); n != 70 || err != nil {
		t.Fatalf("%d records, %v", n, err)
	}
}

func TestMain(m *testing.M) {
	dir := os.Getenv("AUDIT_CHILD")
	if dir == "" {
		os.Exit(m.Run())
	}
	l, err := audit.Open(dir)
	for i := 0; i < 10 && err == nil; i++ {
		_, err = l.Append(audit.Entry{Act: "child"})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func TestTooLongIsRefused(t *testing.T) {
	_, l := chain(t, 1)
	if _, err := l.Append(audit.Entry{Reason: strings.Repeat("长", 40_000)}); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("%v", err)
	}
	if n, err := l.Verify(); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func FuzzVerify(f *testing.F) {
	dir, _ := chain(f, 2)
	f.Add(bytes.Join(lines(f, dir), nil))
	f.Add([]byte("\n\n"))
	good, err := os.ReadFile(filepath.Join(dir, "audit.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	l := open(f, dir)
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, "audit.jsonl"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Verify(); err == nil && !bytes.HasPrefix(b, good) {
			t.Errorf("verifies: %q", b)
		}
	})
}
