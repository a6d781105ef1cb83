package lineage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/publish/post"
)

// Emitter hands events over in order, without making a run wait: what goes wrong is
// logged, and the run goes on.
type Emitter struct {
	to    catalog.Lineage
	dir   string
	post  *post.Client
	log   *slog.Logger
	queue chan Event
	done  sync.WaitGroup
}

// NewEmitter begins to emit; nil where the project names neither file nor address.
func NewEmitter(to catalog.Lineage, dir string, by *post.Client, log *slog.Logger) *Emitter {
	if to.File == "" && to.URL == "" {
		return nil
	}
	e := &Emitter{to: to, dir: dir, post: by, log: log, queue: make(chan Event, 64)}
	e.done.Go(func() {
		for ev := range e.queue {
			e.emit(ev)
		}
	})
	return e
}

// Emit hands an event over. Where 64 wait already it is dropped, and logged.
func (e *Emitter) Emit(ev Event) {
	if e == nil {
		return
	}
	select {
	case e.queue <- ev:
	default:
		e.log.Error("lineage event dropped: too many wait", "run", ev.Run.RunID, "type", ev.EventType)
	}
}

// Close waits for what was handed over; Emit must not be called any more.
func (e *Emitter) Close() {
	if e == nil {
		return
	}
	close(e.queue)
	e.done.Wait()
}

// emitTime bounds one event's way, its tries included.
const emitTime = 30 * time.Second

func (e *Emitter) emit(ev Event) {
	b, err := encode(ev)
	if err == nil && e.to.File != "" {
		if ferr := e.write(b); ferr != nil {
			e.log.Error("lineage event not written", "run", ev.Run.RunID, "type", ev.EventType, "error", ferr.Error())
		}
	}
	if err == nil && e.to.URL != "" {
		err = e.send(b)
	}
	if err != nil {
		e.log.Error("lineage event not sent", "run", ev.Run.RunID, "type", ev.EventType, "kind", fault.KindOf(err).String(), "error", err.Error())
	}
}

func encode(ev Event) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(ev); err != nil {
		return nil, fmt.Errorf("encode a lineage event: %w", err)
	}
	return b.Bytes(), nil
}

// write appends a line in one call: with O_APPEND lines of several processes do not
// mix. A line that a killed process or a full disk left half is ended first, so that it
// spoils itself alone.
func (e *Emitter) write(line []byte) error {
	path := e.to.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if torn(f) {
		line = append([]byte("\n"), line...)
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Sync(), f.Close())
}

// torn reports whether a file ends within a line.
func torn(f *os.File) bool {
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, st.Size()-1)
	return err == nil && last[0] != '\n'
}

func (e *Emitter) send(b []byte) error {
	address, err := secret.Expand(e.to.URL, e.dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), emitTime)
	defer cancel()
	return e.post.JSON(ctx, secret.Secret(address), b)
}
