package files

import (
	"context"
	"io"
	"os"

	"guiji/internal/fault"
)

// Fault tells a path that is not there from one that may not be read.
func Fault(err error, name string) error {
	switch {
	case os.IsNotExist(err):
		return fault.New(fault.Config, "files.no_path", name).Try("files.put_there")
	case os.IsPermission(err):
		return fault.New(fault.Refused, "files.no_permission", name)
	}
	return fault.New(fault.Unreachable, "files.unreadable", name).Because(err)
}

// Interrupted is the error of a read whose context ended.
func Interrupted(name string, err error) error {
	return fault.New(fault.Interrupted, "files.interrupted", name).Because(err)
}

// Canceller ends reading when the context does.
type Canceller struct {
	Ctx  context.Context
	From io.Reader
}

func (c Canceller) Read(p []byte) (int, error) {
	if err := c.Ctx.Err(); err != nil {
		return 0, err
	}
	return c.From.Read(p)
}
