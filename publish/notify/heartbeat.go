package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guiji/internal/fault"
)

// Heartbeat is what the heartbeat file holds: that the daemon lives, and when it acts
// next. Who watches it takes the file's age, or time, against the clock.
type Heartbeat struct {
	Time    time.Time  `json:"time"`
	PID     int        `json:"pid"`
	Version string     `json:"version"`
	Next    *time.Time `json:"next,omitempty"` // start of the next slot
	Slot    string     `json:"slot,omitempty"` // its name
}

// Write puts the heartbeat into a file in one step, so that a reader never sees half
// of it. Everyone may read it: it tells nothing of the data.
func (h Heartbeat) Write(path string) error {
	b, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode the heartbeat: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { // the file is for other accounts to read
		return fault.New(fault.Config, "notify.heartbeat").Because(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".heartbeat-*")
	if err != nil {
		return fault.New(fault.Config, "notify.heartbeat").Because(err)
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // best effort: the error below says what is wrong
		return fault.New(fault.Config, "notify.heartbeat").Because(err)
	}
	return nil
}

// NewHeartbeat is this process's, without the next slot.
func NewHeartbeat(at time.Time, version string) Heartbeat {
	return Heartbeat{Time: at, PID: os.Getpid(), Version: version}
}
