// Package process is what the servers of tests share: where install.sh puts their programs,
// under which account they run, where they listen, how their logs end. Packages of
// internal/testkit import it.
package process

import (
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// rootsTools is where install.sh unpacks what root may not run: it runs as another account,
// which may not look into root's own cache.
const rootsTools = "/var/cache/guiji/tools"

// Tools are the folders install.sh may have put a server's programs into.
func Tools(name string) ([]string, error) {
	tools := os.Getenv("GUIJI_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		tools = filepath.Join(cache, "guiji", "tools")
	}
	out := []string{filepath.Join(tools, name, "bin"), filepath.Join(rootsTools, name, "bin")}
	if os.Getuid() == 0 {
		slices.Reverse(out)
	}
	return out, nil
}

// Command is a program that ends with its parent, even when that is killed, and that never
// runs as root: there it runs as another account.
func Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if os.Getuid() == 0 {
		uid, gid, _ := account()
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return cmd
}

// Kept is a program that ends when its end is closed, which this process's own end does too,
// in whatever way that comes; with it goes a folder, "" for none.
func Kept(folder, name string, args ...string) (cmd *exec.Cmd, end io.Closer, err error) {
	// A shell waits for its end of a pipe to close.
	const keeper = `folder=$1; shift; "$@" & p=$!; cat >/dev/null; kill -9 $p 2>/dev/null; wait $p 2>/dev/null; test -z "$folder" || rm -rf "$folder"`
	cmd = exec.Command("sh", append([]string{"-c", keeper, "sh", folder, name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	end, err = cmd.StdinPipe()
	return cmd, end, err
}

// Own gives a file or folder to the account that Command's programs run as.
func Own(path string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, _ := account()
	return os.Chown(path, uid, gid)
}

// User is the name of the account that Command's programs run as.
func User() string {
	if os.Getuid() == 0 {
		_, _, name := account()
		return name
	}
	u, err := user.Current()
	if err != nil {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
}

// account is that of PostgreSQL where there is one, else one that owns nothing. sshd takes
// nobody for locked.
func account() (uid, gid int, name string) {
	for _, name := range []string{"postgres", "daemon", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return uid, gid, name
		}
	}
	return 65534, 65534, "nobody"
}

// FreePort is a TCP port of loopback that nobody listens on.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Tail is the end of a log for an error message.
func Tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-800):])
}
