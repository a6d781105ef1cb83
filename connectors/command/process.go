package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"guiji/internal/fault"
)

// inProject makes a relative path of the project's folder absolute; a bare name is
// looked for on PATH.
func (s *Source) inProject(path string) string {
	if !strings.ContainsRune(path, filepath.Separator) || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.env.Dir, path)
}

// grace is how long a program that was told to stop may take before it is killed.
const grace = time.Second

// run starts the program, hands its standard output to read and waits for its end.
// It is whole only if read ends well and the exit code is 0. The program's children
// end with it.
func (s *Source) run(ctx context.Context, read func(io.Reader) error, args ...string) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return s.interrupted(ctx)
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(inner, s.program, append(slices.Clone(s.settings.Command[1:]), args...)...)
	cmd.Dir, cmd.Env = s.env.Dir, s.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	group := func(sig syscall.Signal) error { return syscall.Kill(-cmd.Process.Pid, sig) }
	var killed *time.Timer
	cmd.Cancel = func() error {
		killed = time.AfterFunc(grace, func() { _ = group(syscall.SIGKILL) }) // gone already is as good
		return group(syscall.SIGTERM)
	}
	cmd.WaitDelay = grace + 500*time.Millisecond
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fault.New(fault.Config, "exec.no_program", s.settings.Command[0]).Because(err).Try("exec.no_program.hint")
	}
	rerr := read(out)
	if rerr != nil {
		stop() // whatever it still wants to write
	}
	werr := cmd.Wait()
	if killed != nil {
		killed.Stop()
	}
	_ = group(syscall.SIGKILL) // children that outlived it; none is as good
	if ctx.Err() != nil {
		return s.interrupted(ctx)
	}
	var exit *exec.ExitError
	if errors.As(werr, &exit) && (rerr == nil || exit.ExitCode() > 0) {
		return s.outcome(exit.ExitCode(), said.last(s.settings.Env))
	}
	if rerr != nil {
		return rerr
	}
	if werr != nil {
		return fault.New(fault.Unreachable, "exec.broken", s.settings.Command[0]).Because(werr)
	}
	return nil
}

func (s *Source) interrupted(ctx context.Context) error {
	return fault.New(fault.Interrupted, "exec.interrupted", s.settings.Command[0]).Because(ctx.Err())
}

// environment is little: what a program needs to run, and what the project gives it.
func (s *Source) environment() []string {
	out := []string{"TZ=" + s.zone.String()}
	for _, name := range []string{"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "JAVA_HOME"} {
		if v, ok := os.LookupEnv(name); ok {
			out = append(out, name+"="+v)
		}
	}
	for name, v := range s.settings.Env {
		out = append(out, name+"="+v.Reveal())
	}
	return out
}

// outcome is what an exit code means: those of guiji itself.
func (s *Source) outcome(code int, said string) error {
	kinds := map[int]fault.Kind{2: fault.Config, 4: fault.Unreachable, 5: fault.Refused, 6: fault.Changed}
	kind, ok := kinds[code]
	if !ok {
		kind = fault.Data
	}
	e := fault.New(kind, "exec.ended", s.settings.Command[0], code)
	if said != "" {
		e = e.Because(errors.New(said))
	}
	return e
}

// mostAnswer is how long an answer other than rows may be.
const mostAnswer = 64 << 20

// ask runs the program for an answer in JSON.
func (s *Source) ask(ctx context.Context, into any, args ...string) error {
	inner, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	err := s.run(inner, func(out io.Reader) error {
		text, err := io.ReadAll(io.LimitReader(out, mostAnswer+1))
		if err != nil {
			return err
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil || len(text) > mostAnswer {
			return fault.New(fault.Data, "exec.answer", s.settings.Command[0], args[0]).Because(shape(err)).Try("exec.answer.hint")
		}
		return nil
	}, args...)
	if err != nil && ctx.Err() == nil && inner.Err() != nil {
		return fault.New(fault.Unreachable, "exec.slow", s.settings.Command[0], args[0], s.settings.Timeout)
	}
	return err
}

// shape leaves of a decoder's error what holds no text of the answer.
func shape(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return errors.New("field " + typ.Field)
	}
	return nil
}
