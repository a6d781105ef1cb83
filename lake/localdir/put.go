package localdir

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"guiji/internal/fault"
	"guiji/lake"
)

// Put implements lake.Objects: the body is whole and durable in a temp file
// before its name appears, in one step.
func (d *Dir) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if err := valid(ctx, key); err != nil {
		return lake.Object{}, err
	}
	temp := path.Join(tempDir, rand.Text())
	o, err := d.stage(ctx, temp, key, body, size)
	if err == nil {
		err = d.land(ctx, temp, key, cond)
	}
	if rerr := d.root.Remove(temp); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	switch {
	case err == nil:
		return o, nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // the store's own folder went away
		err = fault.New(fault.Unreachable, "lake.local.io", d.path).Because(err)
	}
	return lake.Object{}, explain(d.path, err)
}

// stage writes the body into a temp file and makes it durable.
func (d *Dir) stage(ctx context.Context, temp, key string, body io.Reader, size int64) (o lake.Object, err error) {
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	var w io.Writer = f
	if size <= hashed {
		w = io.MultiWriter(f, h)
	}
	n, err := io.Copy(w, io.LimitReader(&reader{ctx, body}, size+1))
	if err != nil {
		return o, err
	}
	if n != size {
		return o, fmt.Errorf("put %q: the body does not have the %d bytes announced", key, size)
	}
	if err := f.Sync(); err != nil {
		return o, err
	}
	st, err := f.Stat()
	if err != nil {
		return o, err
	}
	return object(key, st, h), nil
}

// reader stops a copy when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// land gives a staged file its name under the condition. Create-if-absent needs
// no lock, so a process stopped in the middle holds nobody up there.
func (d *Dir) land(ctx context.Context, temp, key string, cond lake.Condition) error {
	place := d.root.Link
	if !cond.Absent {
		unlock, err := d.lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		if err := d.holds(ctx, key, cond); err != nil {
			return err
		}
		place = d.root.Rename
	}
	var err error
	for range 10 { // a delete may take an emptied folder away between the two calls
		if err = d.mkdir(path.Dir(key)); err == nil {
			err = place(temp, key)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if cond.Absent && errors.Is(err, fs.ErrExist) {
		return lake.ErrConflict
	}
	if err != nil {
		return err
	}
	if err := d.sync(path.Dir(key)); err != nil { // it is there, but may not survive a power cut
		return fault.New(fault.Unknown, "lake.local.unsure", d.path).Because(err)
	}
	return nil
}

// holds checks an ETag condition, under the lock.
func (d *Dir) holds(ctx context.Context, key string, cond lake.Condition) error {
	if cond.ETag == "" {
		return nil
	}
	o, err := d.Head(ctx, key)
	if errors.Is(err, lake.ErrNotFound) || err == nil && o.ETag != cond.ETag {
		return lake.ErrConflict
	}
	return err
}

// mkdir makes a key's folders durable, from the outermost in.
func (d *Dir) mkdir(dir string) error {
	if dir == "." {
		return nil
	}
	if _, err := d.root.Lstat(dir); err == nil {
		return nil
	}
	if err := d.mkdir(path.Dir(dir)); err != nil {
		return err
	}
	if err := d.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.sync(path.Dir(dir))
}

// describe tells a file's object; content is what had to be read for it.
func describe(f *os.File, key string) (lake.Object, []byte, error) {
	st, err := f.Stat()
	if err != nil {
		return lake.Object{}, nil, err
	}
	if !st.Mode().IsRegular() {
		return lake.Object{}, nil, lake.ErrNotFound
	}
	h := sha256.New()
	var content []byte
	if st.Size() <= hashed {
		if content, err = io.ReadAll(io.TeeReader(f, h)); err != nil {
			return lake.Object{}, nil, err
		}
		if content == nil {
			content = []byte{}
		}
	}
	return object(key, st, h), content, nil
}

func object(key string, st fs.FileInfo, h hash.Hash) lake.Object {
	etag := hex.EncodeToString(h.Sum(nil))
	if st.Size() > hashed {
		etag = fmt.Sprintf("%x-%x", st.Size(), st.ModTime().UnixNano())
		if sys, ok := st.Sys().(*syscall.Stat_t); ok {
			etag += fmt.Sprintf("-%x", sys.Ino)
		}
	}
	return lake.Object{Key: key, Size: st.Size(), ETag: etag, Modified: st.ModTime()}
}
