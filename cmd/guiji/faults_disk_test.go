package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// Faults of disks and folders leave the last release as it is, or tell that it landed.
func TestDiskFaults(t *testing.T) {
	t.Parallel()
	inject(t, "disk", []injected{
		{"disk full in scratch", "exit 4, nothing half; lands when there is room", scratchFull},
		{"disk full in the store", "exit 4, nothing half; lands when there is room", storeFull},
		{"a file in the serving folder's place", "exit 2, the file is named", servingInTheWay},
		{"folders that are read-only", "each is named, before or after the commit alike", readOnly},
		{"scratch folder that is not there", "exit 2, the setting is named", noScratch},
		{"report folder that cannot be", "the release lands, the run says that nobody was told", noReports},
		{"state folder that cannot be", "nothing lands without the audit chain", noState},
	})
}

// servingInTheWay: a file stands where the serving folder should be.
func servingInTheWay(d *desk, _ *mariadb.Server) {
	d.good()
	if err := os.RemoveAll(filepath.Join(d.dir, "serving")); err != nil {
		d.Fatal(err)
	}
	d.write("serving", "a file in the folder's place")
	head := d.head()
	for lang, want := range map[string]string{"en": "a file stands in its way", "zh": "该处已有文件"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.all(), filepath.Join(d.dir, "serving"), want)
	}
	if err := os.Remove(filepath.Join(d.dir, "serving")); err != nil {
		d.Fatal(err)
	}
	if d.head().Version != head.Version {
		d.Errorf("release %d", d.head().Version)
	}
	d.tidy()
}

// seal makes a folder read-only: by a mount where this account may, as rights say
// nothing to root, else by its mode. The answer opens it again.
func (d *desk) seal(folder string) func() {
	d.Helper()
	for _, args := range [][]string{{"--bind", folder, folder}, {"-o", "remount,ro,bind", folder}} {
		if os.Getuid() != 0 {
			break
		}
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			d.Fatalf("mount %v: %v %s", args, err, out)
		}
	}
	if err := os.Chmod(folder, 0o500); err != nil && os.Getuid() != 0 {
		d.Fatal(err)
	}
	return func() {
		if os.Getuid() == 0 {
			_ = exec.Command("umount", "-l", folder).Run()
		}
		_ = os.Chmod(folder, 0o700)
	}
}

// Folders the account may not write: each is named, before or after the commit alike.
func readOnly(d *desk, _ *mariadb.Server) {
	d.good()
	for _, c := range []struct {
		folder string
		code   int
		lands  bool
		en, zh string
	}{
		{filepath.Join(d.dir, "lake"), 5, false, "no right to read or write the store", "读写权限"},
		{filepath.Join(d.dir, "state"), 5, true, "no right to write the audit chain", "写入审计链"},
		{filepath.Join(d.dir, "serving"), 5, true, "no right to write the folder", "写入权限"},
		{filepath.Join(d.dir, "reports"), 2, true, "check that the folder is writable", "请确认该目录可写"},
		{d.scratch, 2, false, "set defaults.scratch in guiji.yaml", "defaults.scratch"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			head := d.head().Version
			open := d.seal(c.folder)
			e := d.guiji("run", "--lang", lang)
			open()
			if e.code != c.code {
				d.Errorf("%s: exit code %d, want %d", filepath.Base(c.folder), e.code, c.code)
			}
			d.contains("guiji run with "+filepath.Base(c.folder), e.all(), want, c.folder)
			if now := d.head().Version; (now > head) != c.lands {
				d.Errorf("%s: release %d after %d", filepath.Base(c.folder), now, head)
			}
			d.tidy()
		}
	}
	d.good()
}

// limited runs the program with a limit on the size of files, which is how a full disk looks.
func (d *desk) limited(bytes int, args ...string) ended {
	d.Helper()
	cmd := d.command(args...)
	cmd.Args = append([]string{"sh", "-c", `trap '' XFSZ; ulimit -f "$1"; shift; exec "$@"`, "sh", fmt.Sprint(bytes / 512), "guiji"}, cmd.Args[1:]...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		d.Fatal(err)
	}
	cmd.Path = sh
	return d.wait(cmd)
}

func scratchFull(d *desk, s *mariadb.Server) {
	d.full(s, d.scratch)
}

func storeFull(d *desk, s *mariadb.Server) {
	d.full(s, filepath.Join(d.dir, "lake"))
}

// full mounts a small file system where a folder is; without the right to, it
// limits the size of files for the whole program instead.
func (d *desk) full(s *mariadb.Server, folder string) {
	d.grow(s, 3000)
	s.Exec(d, "UPDATE "+d.database+".t_person SET fill = (SELECT GROUP_CONCAT(SHA2(CONCAT(id, '-', seq), 512) SEPARATOR '') FROM "+d.database+".seq_1_to_7)")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		d.Fatal(err)
	}
	mounted := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", folder).Run() == nil
	run := func(lang string) ended { return d.limited(1<<20, "run", "--lang", lang) }
	if mounted {
		d.Cleanup(func() { _ = exec.Command("umount", "-l", folder).Run() })
		run = func(lang string) ended { return d.guiji("run", "--lang", lang) }
	}
	for lang, wants := range map[string][]string{"en": {"full", "free some space"}, "zh": {"已满", "请释放磁盘空间"}} {
		e := run(lang)
		if e.code != 4 {
			d.Errorf("exit code %d, want 4 (mounted: %v)", e.code, mounted)
		}
		d.contains("guiji run", e.all(), wants...)
		if rel := d.head(); rel != nil && len(rel.Datasets["standard/gongan/resident"].Files) > 0 {
			d.Errorf("release %d was made", rel.Version)
		}
		d.tidy()
	}
	if mounted {
		if out, err := exec.Command("mount", "-o", "remount,size=200m", folder).CombinedOutput(); err != nil {
			d.Fatalf("remount: %v %s", err, out)
		}
	}
	d.good()
	d.tidy()
}

func noScratch(d *desk, _ *mariadb.Server) {
	d.good()
	if err := os.RemoveAll(d.scratch); err != nil {
		d.Fatal(err)
	}
	for lang, want := range map[string]string{"en": "set defaults.scratch in guiji.yaml", "zh": "defaults.scratch"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.all(), want, d.scratch)
	}
	if err := os.Mkdir(d.scratch, 0o700); err != nil {
		d.Fatal(err)
	}
	d.tidy()
}

// A release that landed is safe, yet the run must say that nobody was told of it.
func noReports(d *desk, s *mariadb.Server) {
	d.write("reports", "a file in the folder's place")
	for i, lang := range []string{"en", "zh"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 {
			d.Errorf("exit code %d, want 2", e.code)
		}
		d.contains("guiji run", e.out, filepath.Join(d.dir, "reports"), []string{"check that the folder is writable", "请确认该目录可写"}[i])
		if rec := d.last(); rec.Outcome != lake.RunPartial || rec.Release != uint64(i+1) || rec.Reason == "" {
			d.Errorf("the record says %s, release %d, %q", rec.Outcome, rec.Release, rec.Reason)
		}
		d.tidy()
	}
	if err := os.Remove(filepath.Join(d.dir, "reports")); err != nil {
		d.Fatal(err)
	}
	if e := d.guiji("report"); e.code != 0 {
		d.Errorf("report: exit code %d: %s", e.code, e.all())
	}
}

// Without a place for the audit chain nothing lands.
func noState(d *desk, s *mariadb.Server) {
	d.write("state", "a file in the folder's place")
	for lang, want := range map[string]string{"en": "audit", "zh": "审计"} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 2 && e.code != 5 {
			d.Errorf("exit code %d", e.code)
		}
		d.contains("guiji run", e.all(), want, filepath.Join(d.dir, "state"))
		if rel := d.head(); rel != nil {
			d.Errorf("release %d was made", rel.Version)
		}
		d.tidy()
	}
	if err := os.Remove(filepath.Join(d.dir, "state")); err != nil {
		d.Fatal(err)
	}
}
