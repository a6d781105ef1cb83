package main

import (
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"guiji/lake"
	"guiji/pipelines/schedule"
)

// systemd tells the service manager that the daemon is ready and lives, by the
// protocol of sd_notify(3); without one it does nothing.
type systemd struct {
	log   *slog.Logger
	ready sync.Once
}

// Beat tells that the daemon lives, and with the first that it is ready.
func (s *systemd) Beat(time.Time) {
	s.ready.Do(func() { s.tell("READY=1") })
	s.tell("WATCHDOG=1")
}

// Started tells nothing.
func (*systemd) Started(schedule.Slot) {}

// Ended tells nothing.
func (*systemd) Ended(schedule.Slot, *lake.RunRecord, error) {}

// Missed tells nothing.
func (*systemd) Missed(schedule.Missed) {}

func (s *systemd) tell(state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write([]byte(state))
		_ = conn.Close() // a datagram is sent or is not
	}
	if err != nil {
		s.log.Warn("the service manager was not told", "state", state, "error", err.Error())
	}
}
