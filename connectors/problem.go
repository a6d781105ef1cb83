package connectors

import (
	"errors"

	"guiji/internal/fault"
)

// OfOneTable reports whether an error is that of one table, and says nothing of the others:
// neither the way to the source nor guiji itself is broken.
func OfOneTable(err error) bool {
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return false
	}
	switch wrong.Kind {
	case fault.Config, fault.Data, fault.Changed, fault.Refused:
		return true
	}
	return false
}
