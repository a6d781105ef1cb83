package lake

import (
	"errors"
	"time"

	"guiji/internal/fault"
)

// The sentinels of Objects. They are fault.Errors, so that a person reads them in
// his language where nobody says it better.
var (
	ErrNotFound error = fault.New(fault.Internal, "lake.notfound")
	ErrConflict error = fault.New(fault.Internal, "lake.conflict")
)

// ErrExpired is what asking for a release fails with whose data is gone. The error
// itself says when and why.
var ErrExpired = errors.New("the release has expired")

type expiredError struct{ error }

func (expiredError) Is(target error) bool { return target == ErrExpired }
func (e expiredError) Unwrap() error      { return e.error }

func expired(r *Release) error {
	return expiredError{fault.New(fault.Config, "lake.release.expired", r.Version, r.Expired.At.Format(time.DateOnly), r.Expired.Reason).Try("lake.release.expired.hint")}
}
