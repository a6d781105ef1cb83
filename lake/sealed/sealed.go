// Package sealed encrypts a store's objects: a decorator of lake.Objects over the
// local directory, where nobody else does. Every object is sealed with SM4-GCM
// (GB/T 32907-2016, GB/T 36624-2018) under a key of its own, derived by HKDF with
// SM3 (GB/T 32905-2016) from the store's key, a random salt and the object's name:
// what is changed, cut, lengthened, put in another order or under another name no
// longer opens. Names, sizes and times stay visible. It is not lake.Local: DuckDB
// never opens a sealed file in place. lake/stores imports it.
package sealed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"guiji/internal/fault"
	"guiji/lake"
)

// KeySize is the length of a store's key in bytes.
const KeySize = 16

// The check object tells a sealed store from a plain one, and the right key from a
// wrong one. Store hides it.
const (
	checkKey  = "seal/check"
	checkText = "guiji: the objects of this store are sealed with SM4-GCM\n"
)

// Store is a store whose objects are sealed. Sizes it tells are those of the content.
type Store struct {
	objs lake.Objects
	key  []byte
}

// Open seals an empty store or opens a sealed one. Errors are of kind fault.Config
// for a store with plain objects, fault.Refused for another key than it was
// sealed with.
func Open(ctx context.Context, objs lake.Objects, key []byte) (*Store, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(key), KeySize)
	}
	s := &Store{objs, key}
	err := s.check(ctx)
	if errors.Is(err, lake.ErrNotFound) {
		err = s.mark(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Marked tells whether a store's objects are sealed.
func Marked(ctx context.Context, objs lake.Objects) (bool, error) {
	_, err := objs.Head(ctx, checkKey)
	if errors.Is(err, lake.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// check opens the check object.
func (s *Store) check(ctx context.Context) error {
	body, _, err := s.get(ctx, checkKey)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err == nil && string(b) == checkText {
		return nil
	}
	if err != nil && fault.KindOf(err) != fault.Data {
		return err
	}
	return fault.New(fault.Refused, "lake.sealed.key").Try("lake.sealed.key.hint")
}

// mark seals a store nothing is in yet.
func (s *Store) mark(ctx context.Context) error {
	for _, err := range s.objs.List(ctx, "") {
		if err != nil {
			return err
		}
		marked, err := Marked(ctx, s.objs) // by another process, this moment
		if err != nil {
			return err
		}
		if !marked {
			return fault.New(fault.Config, "lake.sealed.plain").Try("lake.sealed.plain.hint")
		}
		break
	}
	_, err := s.put(ctx, checkKey, strings.NewReader(checkText), int64(len(checkText)), lake.Condition{Absent: true})
	if errors.Is(err, lake.ErrConflict) {
		return s.check(ctx)
	}
	return err
}

// Unwrap is the store below.
func (s *Store) Unwrap() lake.Objects { return s.objs }

// Put implements lake.Objects.
func (s *Store) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if err := valid(key); err != nil {
		return lake.Object{}, err
	}
	return s.put(ctx, key, body, size, cond)
}

func (s *Store) put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	in, err := seal(s.key, key, body, size)
	if err != nil {
		return lake.Object{}, err
	}
	o, err := s.objs.Put(ctx, key, in, sealedSize(size), cond)
	if err == nil {
		o.Size = size
	}
	return o, err
}

// Get implements lake.Objects. The reader fails with fault.Data where the object is
// not what was sealed; what it has yielded by then was.
func (s *Store) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if err := valid(key); err != nil {
		return nil, lake.Object{}, err
	}
	return s.get(ctx, key)
}

func (s *Store) get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	body, o, err := s.objs.Get(ctx, key)
	if err != nil {
		return nil, lake.Object{}, err
	}
	plain, err := unseal(s.key, key, body)
	if err != nil {
		return nil, lake.Object{}, errors.Join(err, body.Close())
	}
	o.Size = plainSize(o.Size)
	return &reader{plain, body}, o, nil
}

type reader struct {
	io.Reader
	io.Closer
}

// Head implements lake.Objects.
func (s *Store) Head(ctx context.Context, key string) (lake.Object, error) {
	if err := valid(key); err != nil {
		return lake.Object{}, err
	}
	o, err := s.objs.Head(ctx, key)
	o.Size = plainSize(o.Size)
	return o, err
}

// List implements lake.Objects. Sizes follow from those of the sealed objects; one
// that no sealed object can have is told as 0.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		for o, err := range s.objs.List(ctx, prefix) {
			if o.Key == checkKey {
				continue
			}
			o.Size = plainSize(o.Size)
			if !yield(o, err) {
				return
			}
		}
	}
}

// Delete implements lake.Objects.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := valid(key); err != nil {
		return err
	}
	return s.objs.Delete(ctx, key)
}

// valid keeps the check object out of reach; the store below judges the rest.
func valid(key string) error {
	if key == checkKey {
		return fault.New(fault.Internal, "lake.key", key)
	}
	return nil
}
