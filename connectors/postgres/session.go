package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"guiji/internal/fault"
)

// session is a connection, prepared for reading.
type session struct {
	source *Source
	conn   *pgconn.PgConn
	dead   bool // it was cut in the middle of an answer and cannot be used again
}

// pin opens a session.
func (s *Source) pin(ctx context.Context) (*session, error) {
	c, err := s.driver()
	if err != nil {
		return nil, err
	}
	if s.settings.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.settings.ConnectTimeout)
		defer cancel()
	}
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return nil, s.explain(err)
	}
	p := &session{source: s, conn: conn}
	if err := p.prepare(ctx); err != nil {
		p.close()
		return nil, s.explain(err)
	}
	return p, nil
}

// driver makes the driver's configuration. It must come out of its own parser, which
// also reads the environment: all that may have come from there is set again.
func (s *Source) driver() (*pgconn.Config, error) {
	c, err := pgconn.ParseConfig("host=/ port=5432 user=x dbname=x sslmode=disable")
	if err != nil {
		return nil, fault.New(fault.Internal, "postgres.driver").Because(err)
	}
	_, port, _ := net.SplitHostPort(s.settings.Address) // Validate has seen it
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fault.New(fault.Config, "postgres.setting.address", s.settings.Address)
	}
	c.Host, c.Port, c.Fallbacks = s.settings.host(), uint16(n), nil
	c.Database, c.User, c.Password = s.settings.Database, s.settings.User, s.settings.Password.Reveal()
	c.RuntimeParams = map[string]string{"client_encoding": "UTF8", "application_name": "guiji"}
	c.TLSConfig, c.ValidateConnect, c.AfterConnect = nil, nil, nil
	c.ConnectTimeout = s.settings.ConnectTimeout
	if s.settings.encrypted() {
		c.TLSConfig, err = s.tls()
	}
	return c, err
}

func (s *Source) tls() (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.settings.host()}
	if s.settings.CA == "" {
		return t, nil
	}
	path := s.settings.CA
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.env.Dir, path)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Config, "postgres.ca.read", s.settings.CA).Because(err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Config, "postgres.ca.form", s.settings.CA)
	}
	return t, nil
}

// prepare sets what a value's text depends on, what order rows come in, and the limits
// that protect the server.
func (p *session) prepare(ctx context.Context) error {
	zone := p.source.zone.String()
	if zone == "Local" {
		zone = "UTC"
	}
	rows, err := p.ask(ctx, "SELECT current_setting('server_encoding')")
	if err != nil {
		return err
	}
	if len(rows) == 1 && rows[0][0] == "SQL_ASCII" { // the server would end a query at the first text that is no UTF-8
		if err := p.set(ctx, [][2]string{{"client_encoding", "SQL_ASCII"}}); err != nil {
			return err
		}
	}
	err = p.set(ctx, [][2]string{
		{"TimeZone", zone}, {"DateStyle", "ISO, YMD"}, {"default_transaction_read_only", "on"}, {"search_path", ""},
		{"synchronize_seqscans", "off"}, // else a reading begins where another one is
	})
	if err != nil {
		return err
	}
	optional := [][2]string{
		{"IntervalStyle", "postgres"}, {"bytea_output", "hex"}, {"extra_float_digits", "3"}, {"xmloption", "content"},
		{"max_parallel_workers_per_gather", "0"}, // rows in one order, and one core of the department's
		{"lock_timeout", "10s"},
		// Should this machine vanish, a snapshot must not stay open on the server for hours.
		{"idle_in_transaction_session_timeout", "30min"},
		{"tcp_keepalives_idle", "60"},
	}
	if t := p.source.settings.StatementTimeout; t > 0 {
		optional = append(optional, [2]string{"statement_timeout", strconv.FormatInt(t.Milliseconds(), 10)})
	}
	if p.set(ctx, optional) == nil {
		return nil
	}
	for _, one := range optional {
		// A server that speaks only the protocol may know none of these.
		if err := p.set(ctx, [][2]string{one}); err != nil && !is(err, "42704", "22023", "42501", "0A000") {
			return err
		}
	}
	return nil
}

// set sets several settings of the session at once, or none.
func (p *session) set(ctx context.Context, settings [][2]string) error {
	var calls, args []string
	for i, s := range settings {
		calls = append(calls, fmt.Sprintf("set_config($%d, $%d, false)", 2*i+1, 2*i+2))
		args = append(args, s[0], s[1])
	}
	_, err := p.ask(ctx, "SELECT "+strings.Join(calls, ", "), args...)
	return err
}

// greet asks what the server is.
func (p *session) greet(ctx context.Context) (server, error) {
	rows, err := p.ask(ctx, "SELECT version(), current_setting('server_version_num'), current_setting('server_encoding')")
	if err != nil {
		return server{}, err
	}
	if len(rows) != 1 {
		return server{}, errors.New("the server does not tell its version")
	}
	version, _, _ := strings.Cut(rows[0][0], " on ")
	number, _ := strconv.Atoi(rows[0][1]) // 0 for a server that counts otherwise
	return server{version, number, rows[0][2]}, nil
}

// ask runs a small query; NULL comes as "". When ctx ends the server is told to stop.
func (p *session) ask(ctx context.Context, query string, args ...string) ([][]string, error) {
	params := make([][]byte, len(args))
	for i, a := range args {
		params[i] = []byte(a)
	}
	result := p.conn.ExecParams(ctx, query, params, nil, nil, nil).Read()
	if result.Err != nil {
		p.dead = p.dead || p.conn.IsClosed()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, result.Err
	}
	out := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, v := range row {
			out[i] = append(out[i], string(v))
		}
	}
	return out, nil
}

// do runs statements without an answer.
func (p *session) do(ctx context.Context, statements ...string) error {
	for _, q := range statements {
		if _, err := p.conn.Exec(ctx, q).ReadAll(); err != nil {
			p.dead = p.dead || p.conn.IsClosed()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
	}
	return nil
}

// close ends the session: its transaction goes with it. It waits until nothing of the
// connection is left.
func (p *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = p.conn.Close(ctx) // what a broken connection says is of no use: its error was the read's
	select {
	case <-p.conn.CleanupDone():
	case <-time.After(5 * time.Second):
	}
}

// quote quotes an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal quotes a text that guiji wrote itself: a time, a snapshot's name.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// is tells whether err is one of the server's errors with one of these codes.
func is(err error, codes ...string) bool {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return false
	}
	for _, c := range codes {
		if pe.Code == c {
			return true
		}
	}
	return false
}

// name of the table with its schema.
func (s *Source) name(table string) string {
	return fmt.Sprintf("%s.%s", quote(s.settings.Schema), quote(table))
}
