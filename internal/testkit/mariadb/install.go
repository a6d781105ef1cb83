package mariadb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// files are the programs and the SQL that make and run a server.
type files struct {
	server, client string
	share          string // folder of the shipped SQL, messages and charsets
	root           string // where the packages were unpacked, "" for the system's
}

// locate finds what the machine has: on PATH, or where internal/testkit/install.sh puts it.
func locate() (files, error) {
	for _, name := range []string{"mariadbd", "/usr/sbin/mariadbd"} {
		if server, err := exec.LookPath(name); err == nil {
			client, _ := exec.LookPath("mariadb")
			return files{server: server, client: client, share: "/usr/share/mysql"}, nil
		}
	}
	tools := os.Getenv("GUIJI_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return files{}, err
		}
		tools = filepath.Join(cache, "guiji", "tools")
	}
	root := filepath.Join(tools, "mariadb")
	f := files{server: filepath.Join(root, "bin", "mariadbd"), client: filepath.Join(root, "bin", "mariadb"),
		share: filepath.Join(root, "usr", "share", "mysql"), root: root}
	if _, err := os.Stat(f.server); err != nil {
		return files{}, errors.New("no MariaDB server on this machine: run `make tools`, which unpacks one into the user's cache")
	}
	return f, nil
}

// base are the arguments every call of mariadbd has.
func (f files) base(dir string) []string {
	args := []string{"--no-defaults", "--datadir=" + filepath.Join(dir, "data"), "--lc-messages-dir=" + f.share,
		"--character-sets-dir=" + filepath.Join(f.share, "charsets"), "--user=" + account(), "--tmpdir=" + dir,
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"}
	if f.root != "" {
		args = append(args, "--basedir="+filepath.Join(f.root, "usr"))
	}
	return args
}

// bootstrap makes the data folder with the SQL that MariaDB ships, as its
// mariadb-install-db does. root has no password and comes in over the socket or loopback.
func (f files) bootstrap(ctx context.Context, base []string, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return err
	}
	var sql bytes.Buffer
	sql.WriteString("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n")
	for _, names := range [][]string{
		{"mariadb_system_tables.sql", "mysql_system_tables.sql"}, // the new name, then MariaDB 10's
		{"mariadb_performance_tables.sql", "mysql_performance_tables.sql"},
		{"mariadb_system_tables_data.sql", "mysql_system_tables_data.sql"},
		{"maria_add_gis_sp_bootstrap.sql"},
	} {
		text, err := f.shipped(names)
		if err != nil {
			return err
		}
		sql.Write(text)
		sql.WriteByte('\n')
	}
	cmd := exec.CommandContext(ctx, f.server, append(base[:len(base):len(base)], "--bootstrap")...)
	cmd.Stdin = &sql
	out, err := cmd.CombinedOutput()
	if err != nil {
		if len(out) > 800 {
			out = out[len(out)-800:]
		}
		return fmt.Errorf("make MariaDB's data folder: %w: %s", err, out)
	}
	return nil
}

func (f files) shipped(names []string) ([]byte, error) {
	var last error
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(f.share, n))
		if err == nil {
			return b, nil
		}
		last = err
	}
	return nil, fmt.Errorf("MariaDB's shipped SQL: %w", last)
}
