package command_test

import (
	"testing"

	"guiji/connectors"
	"guiji/connectors/command"
)

func TestPlaceNamesTheProgramAlone(t *testing.T) {
	var s connectors.Placed = &command.Settings{Command: []string{"/usr/bin/python3", "-u", "connectors/dm.py", "--password=x"}}
	if namespace, name := s.Place("", "t"); namespace != "command://dm.py" || name != "t" {
		t.Errorf("%s %s", namespace, name)
	}
}
