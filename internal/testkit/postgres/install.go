package postgres

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// rootsTools is where install.sh unpacks as root: the server runs as another account,
// which may not look into root's own cache.
const rootsTools = "/var/cache/guiji/tools"

// locate finds the folder of the server's programs: on PATH, where Debian puts them, or
// where internal/testkit/install.sh does.
func locate() (string, error) {
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p), nil
	}
	tools := os.Getenv("GUIJI_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		tools = filepath.Join(cache, "guiji", "tools")
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", filepath.Join(tools, "postgres", "bin"), rootsTools + "/postgres/bin"} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found) // the newest first
		for _, dir := range found {
			if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
				return dir, nil
			}
		}
	}
	return "", errors.New("no PostgreSQL server on this machine: run `make tools`, which unpacks one into the user's cache")
}

// command is a program of the server's, which ends with its parent, even when that is
// killed. PostgreSQL refuses to run as root: there it runs as another account.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if os.Getuid() == 0 {
		uid, gid := account()
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return cmd
}

// own gives a file or folder to the account that the server runs as.
func own(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid := account()
	return os.Chown(path, uid, gid)
}

// account is that of PostgreSQL where there is one, else nobody's.
func account() (uid, gid int) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return uid, gid
		}
	}
	return 65534, 65534
}
