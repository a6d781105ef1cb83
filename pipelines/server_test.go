package pipelines_test

import (
	"testing"

	"guiji/internal/testkit/mariadb"
)

// sharedServer is the server of all tests that do no more than write to it, without what a
// test before has left on it.
func sharedServer(t *testing.T) *mariadb.Server {
	t.Helper()
	server := mariadb.Shared(t)
	server.Exec(t, "DROP DATABASE IF EXISTS hukou")
	return server
}
