package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"guiji/internal/fault"
)

// Upload stages one finished file as an immutable object of rows rows. Its
// SHA-256 is taken from the very bytes that are sent; the store is asked
// afterwards what it holds. It is repeated while the store is out of reach:
// nothing refers to the key before the commit. Errors are of kind
// fault.Unreachable or Refused.
func Upload(ctx context.Context, objs Objects, key, path string, rows int64) (File, error) {
	return again(ctx, func() (File, error) {
		f, err := upload(ctx, objs, key, path, rows)
		if fault.KindOf(err) == fault.Unknown && ctx.Err() == nil {
			err = fault.New(fault.Unreachable, "lake.upload", key).Because(err)
		}
		return f, err
	})
}

func upload(ctx context.Context, objs Objects, key, path string, rows int64) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("upload %q: %w", key, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return File{}, fmt.Errorf("upload %q: %w", key, err)
	}
	h := sha256.New()
	put, err := objs.Put(ctx, key, io.TeeReader(f, h), st.Size(), Condition{})
	if err != nil {
		return File{}, err
	}
	head, err := objs.Head(ctx, key)
	if errors.Is(err, ErrNotFound) || err == nil && (head.Size != st.Size() || head.ETag != put.ETag) {
		return File{}, fault.New(fault.Unreachable, "lake.upload.differs", key)
	}
	if err != nil {
		return File{}, err
	}
	return File{Key: key, Size: st.Size(), SHA256: hex.EncodeToString(h.Sum(nil)), Rows: rows}, nil
}
