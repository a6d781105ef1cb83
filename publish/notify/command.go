package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"guiji/internal/fault"
)

const (
	commandTime = 30 * time.Second
	outputLimit = 2 << 10
)

// encode is an event as hooks get it.
func encode(e Event) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("encode the event %s: %w", e.ID, err)
	}
	return b.Bytes(), nil
}

// command runs a program without a shell, the event on its standard input, in the
// project's folder. Of the environment it gets what any program needs and none of
// the secrets that guiji is given there. After 30 s it is ended, with what it started.
func (n *Notifier) command(ctx context.Context, h hook, e Event) error {
	in, err := encode(e)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	out := &head{limit: outputLimit}
	cmd := exec.CommandContext(ctx, h.Command[0], h.Command[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = n.Dir, bytes.NewReader(in), out, out
	cmd.Env = environment(e)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if out.buf.Len() > 0 {
		n.Log.Info("hook said", "hook", h.name, "event", e.ID, "output", out.buf.String(), "cut", out.cut)
	}
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it ended well; what it left running keeps its output open
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unreachable, "notify.command.time", commandTime.String())
	case errors.As(err, &exit):
		return fault.New(fault.Refused, "notify.command.ended", exit.ExitCode())
	default:
		return fault.New(fault.Config, "notify.command.start").Because(err)
	}
}

func environment(e Event) []string {
	env := []string{"GUIJI_EVENT=" + e.Kind, "GUIJI_EVENT_ID=" + e.ID}
	for _, name := range []string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// head keeps the beginning of what is written to it. The buffer is no embedded one: its
// ReadFrom would take everything.
type head struct {
	buf   bytes.Buffer
	limit int
	cut   bool
}

func (h *head) Write(b []byte) (int, error) {
	keep := min(len(b), h.limit-h.buf.Len())
	h.buf.Write(b[:keep])
	h.cut = h.cut || keep < len(b)
	return len(b), nil
}
