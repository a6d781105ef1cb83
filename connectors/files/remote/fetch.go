package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"guiji/connectors/files"
	"guiji/internal/fault"
	"guiji/internal/retry"
)

// patience is how often a connection that broke is made again for one file, which goes on
// where it stopped.
var patience = retry.Policy{Tries: 3, First: 100 * time.Millisecond}

// fetch fetches files that are not here yet.
func (v *visit) fetch(ctx context.Context, wanted []files.File) error {
	for _, file := range wanted {
		l := v.listed[file.Name]
		if l.fetched {
			continue
		}
		if v.bytes+l.Size > int64(v.source.Limit)<<20 {
			return fault.New(fault.Data, "remote.too_large", v.source.Folder.Name(), v.source.Limit).Try("remote.raise_limit")
		}
		v.bytes += l.Size
		if err := v.get(ctx, l.File); err != nil {
			return err
		}
		l.fetched = true
	}
	return nil
}

// get fetches one file, which must be what was listed.
func (v *visit) get(ctx context.Context, f files.File) error {
	file, err := os.OpenFile(v.path(f), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	defer file.Close()
	into := &growing{file: file, left: f.Size, silence: v.source.Silence}
	_, err = retry.Do(ctx, patience, func() (struct{}, error) { return struct{}{}, v.piece(ctx, f, into) })
	if err == nil && into.left > 0 {
		err = errSize
	}
	switch {
	case ctx.Err() != nil:
		return files.Interrupted(f.Name, ctx.Err())
	case errors.Is(err, errSize):
		return Changed(f.Name)
	case into.err != nil:
		return fmt.Errorf("write what was fetched: %w", into.err)
	case err != nil:
		return err
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	return os.Chtimes(v.path(f), time.Time{}, time.Unix(0, f.Modified))
}

// piece fetches what is lacking of a file, over a new connection where the last one broke.
func (v *visit) piece(ctx context.Context, f files.File, into *growing) (err error) {
	if v.session == nil {
		if v.session, err = v.source.Folder.Connect(ctx); err != nil {
			return err
		}
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	into.silent = time.AfterFunc(v.source.Silence, stop)
	defer into.silent.Stop()
	err = v.session.Fetch(inner, f, f.Size-into.left, into)
	if into.err != nil {
		return into.err
	}
	if err != nil && inner.Err() != nil && ctx.Err() == nil {
		err = fault.New(fault.Unreachable, "remote.silent", v.source.Folder.Name())
	}
	if fault.KindOf(err) == fault.Unreachable {
		v.leave()
	}
	return err
}

// Changed is the error of a file that is not what was listed.
func Changed(name string) error {
	return fault.New(fault.Changed, "files.changed", name).Try("files.wait")
}

// errSize is of a file of another size than was listed.
var errSize = errors.New("another size than was listed")

// growing is a file being fetched, of which so much is lacking.
type growing struct {
	file   *os.File
	left   int64
	silent *time.Timer

	silence time.Duration
	err     error // of the disk, or errSize
}

func (g *growing) Write(p []byte) (int, error) {
	if int64(len(p)) > g.left {
		g.err = errSize
		return 0, g.err
	}
	g.silent.Reset(g.silence)
	n, err := g.file.Write(p)
	g.left -= int64(n)
	g.err = err
	return n, err
}

// first takes a file's beginning and wants no more.
type first struct{}

var errEnough = errors.New("enough was read")

func (*first) Write([]byte) (int, error) { return 0, errEnough }

// isEnough reports that a fetch was ended by first.
func isEnough(err error) bool { return errors.Is(err, errEnough) }

var _ io.Writer = (*first)(nil)
