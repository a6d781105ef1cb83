package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// explain gives an error of a call that changes nothing its kind.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r := minio.ToErrorResponse(err)
	switch {
	case r.Code == minio.NoSuchBucket:
		return fault.New(fault.Config, "lake.s3.bucket", s.bucket, s.server).Try("lake.s3.bucket.hint")
	case r.Code == minio.NoSuchKey, r.StatusCode == http.StatusNotFound:
		return lake.ErrNotFound
	}
	kind := s.kind(ctx, err, fault.Internal)
	key, hint := text.Key("lake.s3.call"), text.Key("")
	switch {
	case errors.As(err, new(*tls.CertificateVerificationError)):
		key, hint = "lake.s3.tls", "lake.s3.tls.hint"
	case kind == fault.Refused:
		key, hint = "lake.s3.refused", "lake.s3.refused.hint"
	case kind == fault.Unreachable:
		key, hint = "lake.s3.unreachable", "lake.s3.unreachable.hint"
	}
	out := fault.New(kind, key, s.server).Because(plain(err))
	if hint != "" {
		out = out.Try(hint)
	}
	return out
}

// putError tells a put that did not happen from one of which nothing is known:
// sent, if only in part, and not clearly answered.
func (s *Store) putError(ctx context.Context, err error, sent int64) error {
	r := minio.ToErrorResponse(err)
	var fe *fault.Error
	switch {
	case errors.As(err, &fe): // honoured found the object in plain
		return fe
	case s.sse != nil && (r.StatusCode == http.StatusNotImplemented || strings.Contains(strings.ToLower(r.Code), "kms") || strings.Contains(r.Code, "ServerSideEncryption")):
		return fault.New(fault.Config, "lake.s3.sse", s.server, s.sse.Type()).Because(plain(err)).Try("lake.s3.sse.hint")
	case r.StatusCode == http.StatusPreconditionFailed, r.StatusCode == http.StatusConflict:
		return lake.ErrConflict
	case r.Code == minio.NoSuchKey: // If-Match on what is not there
		return lake.ErrConflict
	case r.StatusCode == http.StatusNotImplemented:
		return fault.New(fault.Config, "lake.unconditional", s.server).Try("lake.unconditional.hint")
	case r.StatusCode == http.StatusInsufficientStorage, r.Code == "XMinioStorageFull":
		return fault.New(fault.Unreachable, "lake.s3.full", s.server).Try("lake.local.full.hint")
	case r.StatusCode >= 400 && r.StatusCode < 500:
		return s.explain(ctx, err)
	case dialFailed(err) || sent == 0 && ctx.Err() != nil && r.StatusCode == 0:
		return s.explain(ctx, err)
	}
	return fault.New(fault.Unknown, "lake.s3.unknown", s.server).Because(plain(err))
}

// dialFailed reports an error from before anything was sent.
func dialFailed(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, new(*tls.CertificateVerificationError))
}

// kind of an error; other where nothing is known of it.
func (s *Store) kind(ctx context.Context, err error, other fault.Kind) fault.Kind {
	r := minio.ToErrorResponse(err)
	switch {
	case ctx.Err() != nil:
		return fault.Interrupted
	case r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized,
		errors.As(err, new(*tls.CertificateVerificationError)):
		return fault.Refused
	case r.StatusCode >= 500, r.StatusCode == http.StatusTooManyRequests, r.StatusCode == http.StatusRequestTimeout:
		return fault.Unreachable
	case r.StatusCode == 0 && r.Code == "": // no answer at all, or a cut one
		return fault.Unreachable
	}
	return other
}

// plain is an S3 error as one line: its code and message. Requests, with keys
// and signatures in their URLs, stay out.
func plain(err error) error {
	r := minio.ToErrorResponse(err)
	if r.Code != "" && r.StatusCode != 0 {
		return errors.New(r.Code + ": " + r.Message)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	return err
}
