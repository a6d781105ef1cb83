package pipelines_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// shared is the server of all tests that do no more than write to it: to start one takes
// longer than most of them.
var shared = sync.OnceValues(func() (*mariadb.Server, error) {
	dir, err := os.MkdirTemp("", "mdb")
	if err != nil {
		return nil, err
	}
	sharedDir <- dir
	return mariadb.Run(context.Background(), dir, mariadb.WithArgs("--max-connections=200"))
})

// sharedDir holds the server's folder once there is one.
var sharedDir = make(chan string, 1)

// sharedServer is that server, without what a test before has left on it.
func sharedServer(t *testing.T) *mariadb.Server {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	server.Exec(t, "DROP DATABASE IF EXISTS hukou")
	return server
}

func TestMain(m *testing.M) {
	code := m.Run()
	select {
	case dir := <-sharedDir:
		if server, err := shared(); err == nil {
			if err := server.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = max(code, 1)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	default:
	}
	os.Exit(code)
}
