package lake_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"guiji/internal/fault"
	"guiji/lake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shaky fails the first so many reads.
type shaky struct {
	lake.Objects
	fails, calls int
	err          error
}

func (s *shaky) fail() error {
	s.calls++
	if s.calls <= s.fails {
		return s.err
	}
	return nil
}

func (s *shaky) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if err := s.fail(); err != nil {
		return nil, lake.Object{}, err
	}
	return s.Objects.Get(ctx, key)
}

func (s *shaky) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if err := s.fail(); err != nil {
		return lake.Object{}, err
	}
	return s.Objects.Put(ctx, key, body, size, cond)
}

// List fails in the middle.
func (s *shaky) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		n := 0
		for o, err := range s.Objects.List(ctx, prefix) {
			if n++; n == 3 {
				if err := s.fail(); err != nil {
					yield(lake.Object{}, err)
					return
				}
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

func TestRetry(t *testing.T) {
	inner := store(t)
	for _, k := range []string{"a", "b", "c", "d"} {
		upload(t, inner, "data/"+k, k)
	}
	away, refused := fault.New(fault.Unreachable, "lake.s3.unreachable", "test"), fault.New(fault.Refused, "lake.s3.refused", "test")
	for _, c := range []struct {
		fails, calls int
		err, want    error
	}{{0, 1, away, nil}, {2, 3, away, nil}, {9, 4, away, away}, {9, 1, refused, refused}, {9, 1, lake.ErrNotFound, lake.ErrNotFound}} {
		s := &shaky{Objects: inner, fails: c.fails, err: c.err}
		body, _, err := lake.Retry(s).Get(t.Context(), "data/a")
		if !errors.Is(err, c.want) || s.calls != c.calls {
			t.Errorf("%+v: %v after %d calls", c, err, s.calls)
		}
		if err == nil {
			body.Close()
		}
	}
	s := &shaky{Objects: inner, fails: 2, err: away}
	var keys []string
	for o, err := range lake.Retry(s).List(t.Context(), "data/") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	if got := strings.Join(keys, " "); got != "data/a data/b data/c data/d" {
		t.Errorf("list after a retry: %s", got)
	}
	put := &shaky{Objects: inner, fails: 1, err: away}
	if _, err := lake.Retry(put).Put(t.Context(), "x", strings.NewReader("x"), 1, lake.Condition{}); err == nil || put.calls != 1 {
		t.Errorf("a put was sent %d times: %v", put.calls, err)
	}
}

// Upload sends again what the store did not answer for, from the file's start.
func TestUploadAgain(t *testing.T) {
	for _, e := range []error{fault.New(fault.Unreachable, "lake.s3.unreachable", "test"), fault.New(fault.Unknown, "lake.s3.unknown", "test")} {
		s := &shaky{Objects: store(t), fails: 2, err: e}
		f := upload(t, s, "data/a", "abc")
		if f.SHA256 != sum("abc") || s.calls != 3 {
			t.Errorf("%+v after %d calls", f, s.calls)
		}
	}
}
