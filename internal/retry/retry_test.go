package retry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/retry"
)

// Whether a call is made again follows from the kind of its error alone.
func TestKinds(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Unreachable: 4, fault.Changed: 3,
		fault.Internal: 1, fault.Config: 1, fault.Gate: 1, fault.Refused: 1, fault.Locked: 1, fault.Interrupted: 1, fault.Data: 1, fault.Unknown: 1,
	} {
		tries, noted := 0, 0
		_, err := retry.Do(t.Context(), retry.Policy{Tries: 4, First: time.Microsecond, Changed: 2, Note: func(int, error) { noted++ }}, func() (int, error) {
			tries++
			return 0, fault.New(kind, "lake.notfound")
		})
		if tries != want || noted != want-1 || fault.KindOf(err) != kind {
			t.Errorf("%s: %d tries, %d noted, %v; want %d tries", kind, tries, noted, err, want)
		}
	}
}

func TestSecondTry(t *testing.T) {
	tries := 0
	v, err := retry.Do(t.Context(), retry.Policy{Tries: 3, First: time.Microsecond}, func() (int, error) {
		if tries++; tries < 3 {
			return 0, fault.New(fault.Unreachable, "lake.notfound")
		}
		return tries, nil
	})
	if v != 3 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}

// Who asked may know better than the error that a further try is useless.
func TestWorth(t *testing.T) {
	tries := 0
	_, err := retry.Do(t.Context(), retry.Policy{Tries: 9, First: time.Microsecond, Worth: func() bool { return tries < 2 }}, func() (int, error) {
		tries++
		return 0, fault.New(fault.Unreachable, "lake.notfound")
	})
	if tries != 2 || fault.KindOf(err) != fault.Unreachable {
		t.Errorf("%d tries, %v", tries, err)
	}
}

// An end of the context ends the pause; one that is to come within it is not waited for.
func TestContext(t *testing.T) {
	down := func() (int, error) { return 0, fault.New(fault.Unreachable, "lake.notfound") }
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	if _, err := retry.Do(ctx, retry.Policy{Tries: 3, First: time.Hour}, down); !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := retry.Do(ctx, retry.Policy{Tries: 3, First: time.Hour}, down); fault.KindOf(err) != fault.Unreachable || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %s: the pause ends behind the deadline", err, time.Since(began))
	}
}
