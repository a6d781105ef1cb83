package files_test

import (
	"errors"
	"testing"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

func TestDescribe(t *testing.T) {
	bad, broken := fault.New(fault.Data, "csvfile.no_header", "b"), errors.New("the disk is gone")
	all := func() ([]string, error) { return []string{"a", "b", "c"}, nil }
	failing := func(err error) func(string) (connectors.Table, error) {
		return func(name string) (connectors.Table, error) {
			if name == "b" {
				return connectors.Table{}, err
			}
			return connectors.Table{Name: name}, nil
		}
	}
	found, err := files.Describe(nil, all, failing(bad))
	if err != nil || len(found) != 3 || found[1].Name != "b" || !errors.Is(found[1].Problem, bad) || found[0].Problem != nil || found[2].Problem != nil {
		t.Errorf("a table that cannot be described: %v, %v", found, err)
	}
	if found, err := files.Describe([]string{"a", "b"}, all, failing(bad)); found != nil || !errors.Is(err, bad) {
		t.Errorf("the same, named: %v, %v", found, err)
	}
	for _, err := range []error{broken, fault.New(fault.Unreachable, "files.unreadable", "b"), files.Interrupted("b", broken)} {
		if found, got := files.Describe(nil, all, failing(err)); found != nil || !errors.Is(got, err) {
			t.Errorf("an error that is not one table's: %v, %v", found, got)
		}
	}
}
