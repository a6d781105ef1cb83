package mysql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	mysql "github.com/go-sql-driver/mysql"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// verdict is what one of the server's error numbers means to us.
type verdict struct {
	kind fault.Kind
	key  text.Key
	hint text.Key
}

// verdicts are the server's error numbers that a person can act on
// (MySQL Server Error Message Reference; MariaDB shares the numbers below 1900).
func verdicts(number uint16) (verdict, bool) {
	switch number {
	case 1045, 1698, 1251, 1130, 1129, 1820, 1862, 3118: // account, host, password expired, locked
		return verdict{fault.Refused, "mysql.refused.account", "mysql.refused.account.hint"}, true
	case 1044, 1142, 1143, 1227, 1370: // database, table, column, statement
		return verdict{fault.Refused, "mysql.refused.right", "mysql.refused.right.hint"}, true
	case 1049:
		return verdict{fault.Config, "mysql.missing.database", "mysql.missing.hint"}, true
	case 1146, 1109:
		return verdict{fault.Config, "mysql.missing.table", "mysql.missing.hint"}, true
	case 1054:
		return verdict{fault.Config, "mysql.missing.column", "mysql.missing.hint"}, true
	case 1412:
		return verdict{fault.Changed, "mysql.changed", ""}, true
	case 1317, 1927, 1053, 1152: // query or connection ended by the server's side
		return verdict{fault.Unreachable, "mysql.ended", ""}, true
	case 1969, 3024: // time limit of the statement, MariaDB and MySQL
		return verdict{fault.Data, "mysql.slow", "mysql.slow.hint"}, true
	case 1040, 1203, 1226, 1205, 1213:
		return verdict{fault.Unreachable, "mysql.busy", ""}, true
	}
	return verdict{}, false
}

// explain turns an error of the driver into one that names the source. Where a table or
// column is at hand, it stands in about. The server's own words are kept only for
// numbers whose text holds names and no values.
func (s *Source) explain(err error, about ...string) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	where := s.settings.Address + "/" + s.settings.Database
	for _, a := range about {
		where += "." + a
	}
	var me *mysql.MySQLError
	if errors.As(err, &me) {
		if v, ok := verdicts(me.Number); ok {
			e := fault.New(v.kind, v.key, where, s.settings.User).Because(err)
			switch {
			case v.hint == "mysql.slow.hint": // it names no account
				e.Try(v.hint)
			case v.hint != "":
				e.Try(v.hint, s.settings.User)
			}
			return e
		}
		return fault.New(fault.Data, "mysql.server", where, me.Number, string(me.SQLState[:]))
	}
	return s.explainNetwork(err, where)
}

func (s *Source) explainNetwork(err error, where string) error {
	var (
		ne        net.Error
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
	)
	switch {
	case asksForFile(err):
		return fault.New(fault.Data, "mysql.rogue", where).Try("mysql.rogue.hint")
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Interrupted, "mysql.interrupted", where).Because(err)
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &verify):
		return fault.New(fault.Refused, "mysql.tls", where).Because(err).Try("mysql.tls.hint")
	case errors.Is(err, mysql.ErrNoTLS):
		return fault.New(fault.Refused, "mysql.tls.none", where).Try("mysql.tls.none.hint")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne), errors.Is(err, mysql.ErrInvalidConn),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.New(fault.Unreachable, "mysql.unreachable", where).Because(err).Try("mysql.unreachable.hint")
	case errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync), errors.Is(err, mysql.ErrPktSyncMul):
		return fault.New(fault.Unreachable, "mysql.garbled", where).Because(err)
	}
	return fault.New(fault.Internal, "mysql.driver").Because(fmt.Errorf("%s: %T", where, err))
}

// errFileAsked is a server that wants a file of this machine instead of answering.
var errFileAsked = errors.New("the server asks for a file")

// asksForFile tells that of the driver, too, which keeps no file open to any server and has
// but its words for it.
func asksForFile(err error) bool {
	return errors.Is(err, errFileAsked) || strings.HasPrefix(err.Error(), "local file '") || strings.HasPrefix(err.Error(), "reader '")
}

// is tells whether err is one of the server's errors with one of these numbers.
func is(err error, numbers ...uint16) bool {
	var me *mysql.MySQLError
	if !errors.As(err, &me) {
		return false
	}
	for _, n := range numbers {
		if me.Number == n {
			return true
		}
	}
	return false
}
