package localdir_test

import (
	"testing"

	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/objectstest"
)

func TestContract(t *testing.T) {
	objectstest.Run(t, func(t *testing.T) func() lake.Objects {
		dir := t.TempDir()
		return func() lake.Objects { return open(t, dir) }
	})
}

func open(t *testing.T, dir string) *localdir.Dir {
	t.Helper()
	d, err := localdir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
