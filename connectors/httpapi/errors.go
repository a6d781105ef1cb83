package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"guiji/internal/fault"
)

// explain gives an error of the network a kind. Errors of net/http hold URLs, whose queries
// may hold keys, and pieces of what the server sent: only causes that hold neither are
// passed on.
func (s *Source) explain(ctx context.Context, at string, err error) error {
	var own *fault.Error
	if err == nil || errors.As(err, &own) {
		if own != nil {
			return own
		}
		return err
	}
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
		dns    *net.DNSError
		op     *net.OpError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.New(fault.Interrupted, "httpapi.interrupted", at).Because(ctx.Err())
	case errors.As(err, &verify):
		return fault.New(fault.Refused, "httpapi.tls", at).Because(certificate(verify.Err)).Try("httpapi.tls.hint")
	case errors.As(err, &record), errors.As(err, &alert):
		return fault.New(fault.Refused, "httpapi.tls", at).Try("httpapi.tls.hint")
	case isTimeout(err):
		return fault.New(fault.Unreachable, "httpapi.slow", at, s.settings.Timeout).Try("httpapi.slow.hint")
	case errors.As(err, &dns):
		return fault.New(fault.Unreachable, "httpapi.unreachable", at).Because(dns).Try("httpapi.unreachable.hint")
	case errors.As(err, &op):
		return fault.New(fault.Unreachable, "httpapi.unreachable", at).Because(op).Try("httpapi.unreachable.hint")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, net.ErrClosed):
		return fault.New(fault.Unreachable, "httpapi.cut", at)
	}
	return fault.New(fault.Unreachable, "httpapi.no_http", at)
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &ne) && ne.Timeout()
}

// certificate keeps what is wrong with a certificate, as far as it is one of the known things.
func certificate(err error) error {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &authority):
		return authority
	case errors.As(err, &host):
		return host
	case errors.As(err, &invalid):
		return invalid
	}
	return nil
}

// refused says what an answer's status means; nil for 200 and 204. Nothing of the answer's own
// words is told: they may repeat the request.
func (s *Source) refused(at string, resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusOK, code == http.StatusNoContent:
		return nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return fault.New(fault.Refused, "httpapi.refused", at, code).Try("httpapi.refused.hint")
	case code == http.StatusNotFound, code == http.StatusGone:
		return fault.New(fault.Config, "httpapi.missing", at, code).Try("httpapi.missing.hint")
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return s.busy(at, resp)
	case code >= 400:
		return fault.New(fault.Config, "httpapi.request", at, code).Try("httpapi.request.hint")
	default:
		return fault.New(fault.Data, "httpapi.status", at, code)
	}
}

// busy notes how long the server wants to be left alone (RFC 9110, 10.2.3).
func (s *Source) busy(at string, resp *http.Response) error {
	wait, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now())
	if ok && wait > s.settings.MaxWait {
		return &tooLong{fault.New(fault.Unreachable, "httpapi.wait", at, resp.StatusCode, wait.Round(time.Second), s.settings.MaxWait).Try("httpapi.wait.hint")}
	}
	if ok {
		s.mu.Lock()
		if until := time.Now().Add(wait); until.After(s.notBefore) {
			s.notBefore = until
		}
		s.mu.Unlock()
	}
	return fault.New(fault.Unreachable, "httpapi.busy", at, resp.StatusCode)
}

// tooLong is an error that is not worth another try within this reading.
type tooLong struct{ error }

func (t *tooLong) Unwrap() error { return t.error }

// retryAfter reads seconds or a date; what is neither says nothing.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// quiet waits until the server may be asked again.
func (s *Source) quiet(ctx context.Context) error {
	s.mu.Lock()
	wait := time.Until(s.notBefore)
	s.mu.Unlock()
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
	if s.pace != nil {
		return s.pace.Wait(ctx, minute, 0)
	}
	return ctx.Err()
}

// minute is what a request costs, so that a cap of n a minute is a pace of n a second.
const minute = 60
