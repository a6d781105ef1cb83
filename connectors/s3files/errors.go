package s3files

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"guiji/connectors/files"
	"guiji/connectors/files/remote"
	"guiji/internal/fault"
)

// stall is how long a connection may be silent before it counts as dead.
const stall = 60 * time.Second

// transport waits for no server for ever. A proxy is never used: the store is on the
// intranet.
func transport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: stall,
		IdleConnTimeout: 50 * time.Second, DisableCompression: true,
	}
}

// explain gives an error of a call its kind.
func (f *folder) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return files.Interrupted(f.Name(), ctx.Err())
	}
	r := minio.ToErrorResponse(err)
	switch {
	case r.Code == minio.NoSuchBucket:
		return fault.New(fault.Config, "s3files.no_bucket", f.settings.Bucket, f.settings.Endpoint)
	case r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized:
		return fault.New(fault.Refused, "s3files.refused", f.Name(), r.Code).Try("s3files.refused.hint")
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return fault.New(fault.Refused, "s3files.certificate", f.settings.Endpoint).Because(err)
	case r.StatusCode >= 400 && r.StatusCode < 500:
		return fault.New(fault.Data, "s3files.answer", f.Name(), r.Code)
	}
	return fault.New(fault.Unreachable, "s3files.unreachable", f.settings.Endpoint).Because(err)
}

// explainGet tells an object that is gone or another one by now from one that cannot be had.
func (f *folder) explainGet(ctx context.Context, file files.File, err error) error {
	if err == nil {
		return nil
	}
	r := minio.ToErrorResponse(err)
	if ctx.Err() == nil && (r.StatusCode == http.StatusPreconditionFailed || r.Code == minio.NoSuchKey) {
		return remote.Changed(file.Name)
	}
	return f.explain(ctx, err)
}
