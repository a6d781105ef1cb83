// Package minio starts a real MinIO for tests: on loopback, with credentials and
// a data folder of its own, gone when the test ends. Tests of any room import it.
package minio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guiji/internal/testkit/process"
)

// Server is a running MinIO.
type Server struct {
	Endpoint  string // 127.0.0.1:port
	AccessKey string
	SecretKey string

	dir    string
	log    string
	env    []string // more of it
	shared string   // folder that goes with the process, "" for one that goes with its test
	cmd    *exec.Cmd
	end    io.Closer // what ends it
}

// Start starts a server and stops it when the test ends. A missing binary fails
// the test.
func Start(t testing.TB) *Server {
	t.Helper()
	return launch(t)
}

// KMSKey is the name of the key that StartEncrypting gives its server.
const KMSKey = "test-key"

// StartEncrypting starts a server that has a key of its own to encrypt objects with,
// by SSE-S3 and by SSE-KMS under the name KMSKey.
func StartEncrypting(t testing.TB) *Server {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return launch(t, "MINIO_KMS_SECRET_KEY="+KMSKey+":"+base64.StdEncoding.EncodeToString(key))
}

// Shared is one server for all tests of a package that keep to buckets of their own and
// leave it running. It ends with the process.
func Shared(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var shared = sync.OnceValues(func() (*Server, error) {
	dir, err := os.MkdirTemp("", "minio")
	if err != nil {
		return nil, err
	}
	s, err := run(dir, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
})

func launch(t testing.TB, env ...string) *Server {
	t.Helper()
	s, err := run(t.TempDir(), "", env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// run starts a server in dir. It ends with this process at the latest, and a shared one's folder
// goes with it.
func run(dir, shared string, env ...string) (*Server, error) {
	bin, err := binary()
	if err != nil {
		return nil, err
	}
	s := &Server{
		AccessKey: "guiji" + rand.Text()[:8], SecretKey: rand.Text(),
		dir: filepath.Join(dir, "data"), log: filepath.Join(dir, "minio.log"), env: env, shared: shared,
	}
	for try := 1; ; try++ { // the free port may be taken by someone else meanwhile
		if err = s.start(bin); err == nil {
			return s, nil
		}
		s.Stop()
		if try == 3 {
			return nil, fmt.Errorf("start MinIO: %w\n%s", err, process.Tail(s.log))
		}
	}
}

// binary finds MinIO in the tools' folder, else on PATH.
func binary() (string, error) {
	tools := os.Getenv("GUIJI_TOOLS")
	if tools == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("the tools' folder: %w", err)
		}
		tools = filepath.Join(cache, "guiji", "tools")
	}
	for _, name := range []string{filepath.Join(tools, "bin", "minio"), "minio"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("this test needs MinIO, and there is none in %s or on PATH: run `make tools`", tools)
}

func (s *Server) start(bin string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Endpoint = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.log), 0o700); err != nil {
		return err
	}
	out, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer out.Close() // the child has its own copy
	if s.cmd, s.end, err = process.Kept(s.shared, bin, "server", "--address", s.Endpoint, "--quiet", s.dir); err != nil {
		return err
	}
	s.cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "MINIO_BROWSER=off", "MINIO_UPDATE=off",
		"MINIO_ROOT_USER=" + s.AccessKey, "MINIO_ROOT_PASSWORD=" + s.SecretKey,
	}
	s.cmd.Env = append(s.cmd.Env, s.env...)
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.ready()
}

// ready waits until the server takes requests. Its health page says so too early:
// it answers before accounts and data are loaded, so both are asked for.
func (s *Server) ready() error {
	tr := &http.Transport{DisableKeepAlives: true}
	var last error
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, last = s.buckets(tr, s.SecretKey); last != nil {
			continue
		}
		if status, _ := s.buckets(tr, "wrong"); status == http.StatusForbidden {
			return nil
		}
		last = errors.New("accounts are not loaded yet")
	}
	return last
}

// buckets lists the buckets and returns the error's status.
func (s *Server) buckets(tr http.RoundTripper, secret string) (int, error) {
	c, err := minio.New(s.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, secret, ""), Region: "us-east-1", Transport: tr, MaxRetries: 1,
	})
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_, err = c.ListBuckets(ctx)
	return minio.ToErrorResponse(err).StatusCode, err
}

// Dir is the folder the server keeps its data in.
func (s *Server) Dir() string { return s.dir }

// Stop stops the server; its data stays until the test ends.
func (s *Server) Stop() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.end.Close()
	_ = s.cmd.Wait() // the shell's status is that of the killed server
	s.cmd = nil
}
