package postgres

import (
	"time"

	"guiji/connectors"
)

// SetClock has a source take another time for now.
func SetClock(s connectors.Source, now func() time.Time) { s.(*Source).now = now }
