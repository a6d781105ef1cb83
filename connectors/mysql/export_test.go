package mysql

import (
	"context"
	"time"

	"guiji/connectors"
)

// ThroughDriver has the driver read the rows of a source that was just opened, as it does
// under TLS.
func ThroughDriver(s connectors.Source) { s.(*Source).throughDriver = true }

// OffTheWire tells whether the rows of a snapshot that no part is read of now come past the
// driver.
func OffTheWire(s connectors.Snapshot) bool {
	n := s.(*snapshot)
	p, err := n.Take(context.Background())
	if err != nil {
		return false
	}
	defer n.Give(p, nil)
	return p.wire != nil
}

// SetClock gives a source that was just opened another time of day.
func SetClock(s connectors.Source, now func() time.Time) { s.(*Source).now = now }

// InTheDark has a source that was just opened plan as for a server that gives no estimates.
func InTheDark(s connectors.Source) { s.(*Source).inTheDark = true }
