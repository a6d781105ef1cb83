package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// verdict is what one of the server's error codes means to us.
type verdict struct {
	kind fault.Kind
	key  text.Key
	hint text.Key
}

// verdictOf are the codes that a person can act on (PostgreSQL, Appendix A).
func verdictOf(e *pgconn.PgError) (verdict, bool) {
	switch e.Code {
	case "28P01", "28000": // password, pg_hba.conf
		return verdict{fault.Refused, "postgres.refused.account", "postgres.refused.account.hint"}, true
	case "42501":
		return verdict{fault.Refused, "postgres.refused.right", "postgres.refused.right.hint"}, true
	case "3D000":
		return verdict{fault.Config, "postgres.missing.database", "postgres.missing.hint"}, true
	case "42P01", "3F000":
		return verdict{fault.Config, "postgres.missing.table", "postgres.missing.hint"}, true
	case "42703":
		return verdict{fault.Config, "postgres.missing.column", "postgres.missing.hint"}, true
	case "57014":
		if strings.Contains(e.Message, "statement timeout") || strings.Contains(e.Message, "语句执行时间超时") {
			return verdict{fault.Data, "postgres.slow", "postgres.slow.hint"}, true
		}
		return verdict{fault.Unreachable, "postgres.ended", ""}, true
	case "22P05", "22021": // a character that UTF-8 lacks, or bytes that are none of the database's encoding
		return verdict{fault.Data, "postgres.encoding", "postgres.encoding.hint"}, true
	case "72000":
		return verdict{fault.Changed, "postgres.changed", ""}, true
	case "57P01", "57P02", "57P05", "25P03", "25P04": // the server ends, or its own limits
		return verdict{fault.Unreachable, "postgres.ended", ""}, true
	case "53300", "53400", "55P03", "40001", "40P01", "57P03":
		return verdict{fault.Unreachable, "postgres.busy", ""}, true
	}
	return verdict{}, false
}

// explain turns an error of the driver into one that names the source. Where a table or
// column is at hand, it stands in about. The server's own words stay out: they may quote
// values.
func (s *Source) explain(err error, about ...string) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	where := s.settings.where()
	for _, a := range about {
		where += "." + a
	}
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return s.explainNetwork(err, where)
	}
	v, ok := verdictOf(pe)
	if !ok {
		return fault.New(fault.Data, "postgres.server", where, pe.Code)
	}
	e := fault.New(v.kind, v.key, where, s.settings.User).Because(errors.New("SQLSTATE " + pe.Code))
	switch {
	case v.hint == "postgres.slow.hint", v.hint == "postgres.encoding.hint":
		e.Try(v.hint)
	case v.hint != "":
		e.Try(v.hint, s.settings.User)
	}
	return e
}

func (s *Source) explainNetwork(err error, where string) error {
	var ne net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Interrupted, "postgres.interrupted", where).Because(context.Canceled)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return fault.New(fault.Refused, "postgres.tls", where).Because(verification(err)).Try("postgres.tls.hint")
	case strings.Contains(err.Error(), "refused TLS"):
		return fault.New(fault.Refused, "postgres.tls.none", where).Try("postgres.tls.none.hint")
	case errors.Is(err, errForm), errors.Is(err, errMore):
		return fault.New(fault.Unreachable, "postgres.garbled", where).Because(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF),
		errors.Is(err, net.ErrClosed), strings.Contains(err.Error(), "conn closed"):
		return fault.New(fault.Unreachable, "postgres.unreachable", where).Because(errors.New(cause(err))).Try("postgres.unreachable.hint")
	}
	return fault.New(fault.Internal, "postgres.driver").Because(fmt.Errorf("%s: %T", where, err))
}

// verification is the error about a certificate alone.
func verification(err error) error {
	var v *tls.CertificateVerificationError
	errors.As(err, &v) // the caller has seen that it is one
	return v
}

// cause is the innermost error of a broken connection, without what the driver puts around it.
func cause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Error()
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}
