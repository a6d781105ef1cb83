package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// session is a pinned connection, prepared for reading.
type session struct {
	source *Source
	conn   *sql.Conn
	wire   *wire  // under conn, where rows can be read off it; else nil
	id     uint64 // of the server's thread, for KILL QUERY
	named  bool   // the time zone is set by name, so that its past is right
	dead   bool   // it was cut in the middle of a result and cannot be used again
}

// pin opens a session.
func (s *Source) pin(ctx context.Context) (*session, error) {
	dial, cancel := s.connecting(ctx)
	defer cancel()
	var w *wire
	conn, err := s.db.Conn(context.WithValue(dial, wireKey{}, &w))
	if err != nil {
		return nil, s.explain(err)
	}
	p := &session{source: s, conn: conn}
	if w != nil && w.plain() && !s.throughDriver {
		p.wire = w
	}
	if err := p.prepare(dial); err != nil {
		p.close()
		return nil, s.explain(err)
	}
	return p, nil
}

// prepare sets what a value's text depends on, and the limits that protect the server.
func (p *session) prepare(ctx context.Context) error {
	if err := p.conn.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&p.id); err != nil {
		return err
	}
	// An empty sql_mode reads zero dates as they are and keeps " an ordinary sign.
	for _, q := range []string{"SET SESSION sql_mode = ''", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"} {
		if _, err := p.conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := p.setZone(ctx); err != nil {
		return err
	}
	optional := []string{
		// While the lake takes its time the server must wait with what it has to send; but should this
		// machine vanish, a snapshot must not stay open on the server for hours.
		"SET SESSION net_write_timeout = 600",
		"SET SESSION wait_timeout = 1800",
		"SET SESSION lock_wait_timeout = 10",
	}
	if t := p.source.settings.StatementTimeout; t > 0 {
		limit := fmt.Sprintf("SET SESSION max_execution_time = %d", t.Milliseconds())
		if p.source.server.mariadb {
			limit = fmt.Sprintf("SET SESSION max_statement_time = %.3f", t.Seconds())
		}
		optional = append(optional, limit)
	}
	for _, q := range optional {
		// A server that speaks only the protocol may know none of these.
		if _, err := p.conn.ExecContext(ctx, q); err != nil && !is(err, 1193, 1105, 1064, 1235) {
			return err
		}
	}
	if p.wire != nil {
		return nil
	}
	return p.widenBuffer(ctx)
}

// setZone makes TIMESTAMP columns show the project's wall clock. A server without
// time zone tables gets today's offset; Doctor tells of that.
func (p *session) setZone(ctx context.Context) error {
	name := p.source.zone.String()
	if name == "Local" {
		name = ""
	}
	if name != "" {
		_, err := p.conn.ExecContext(ctx, "SET SESSION time_zone = "+literal(name))
		if err == nil {
			p.named = true
			return nil
		}
		if !is(err, 1298, 1193, 1105, 1064) {
			return err
		}
	}
	_, offset := time.Now().In(p.source.zone).Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	_, err := p.conn.ExecContext(ctx, fmt.Sprintf("SET SESSION time_zone = '%c%02d:%02d'", sign, offset/3600, offset/60%60))
	return err
}

// widenBuffer makes the driver's read buffer 256 KiB. It starts with 4 KiB, grows with
// the largest packet met and never shrinks: one packet of that size spares a system
// call for every 4 KiB of a table.
func (p *session) widenBuffer(ctx context.Context) error {
	var spaces string
	return p.conn.QueryRowContext(ctx, "SELECT REPEAT(' ', 260000)").Scan(&spaces)
}

// kill ends what the session runs on the server, over a connection of its own.
func (p *session) kill() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	// The statement may have ended by itself and the server may be gone: both are as good.
	_, _ = p.source.db.ExecContext(ctx, "KILL QUERY "+strconv.FormatUint(p.id, 10))
}

// query runs a statement over the text protocol and hands its rows to read, which must
// not keep what it gets. When ctx ends, or read returns an error, the server is told
// to stop and the connection is cut.
func (p *session) query(ctx context.Context, statement string, read func(rows) error) error {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	cut := func() {
		cancel()
		if p.wire != nil {
			_ = p.wire.Close() // it is cut on purpose
		}
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		p.kill()
		cut()
	})
	err := p.conn.Raw(func(dc any) error {
		rows, err := p.open(own, dc, statement)
		if err == nil {
			if err = read(rows); err != nil && ctx.Err() == nil {
				p.kill()
				cut()
			}
			// After an error Close would read the rest of the table if the connection still stood.
			if cerr := rows.Close(); err == nil {
				err = cerr
			}
		}
		return err
	})
	if !stop() {
		<-ended
		p.dead = true
		return ctx.Err()
	}
	if err != nil {
		p.dead = true
	}
	return err
}

// ask runs a small query through the driver and hands over its rows as text. When ctx ends
// the server is told to stop.
func (p *session) ask(ctx context.Context, query string, width int, row func([]sql.NullString)) error {
	return p.guard(ctx, func() error { return each(ctx, p.conn, query, nil, width, row) })
}

// guard has the server end what run does when ctx ends, and sees whether the session lives.
func (p *session) guard(ctx context.Context, run func() error) error {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		p.kill()
	})
	err := run()
	if !stop() {
		<-ended
		p.dead = true
		return ctx.Err()
	}
	if err != nil && !errors.As(err, new(*mysql.MySQLError)) || is(err, 1053, 1152, 1927) {
		p.dead = true
	}
	return err
}

// open sends a statement, past the driver where that can be.
func (p *session) open(ctx context.Context, dc any, statement string) (rows, error) {
	if p.wire != nil {
		return p.wire.query(statement)
	}
	r, err := dc.(driver.QueryerContext).QueryContext(ctx, statement, nil)
	if err != nil {
		return nil, err
	}
	return &driverRows{Rows: r, row: make([]driver.Value, len(r.Columns()))}, nil
}

// close gives the transaction up and closes the connection.
func (p *session) close() {
	if !p.dead {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_, _ = p.conn.ExecContext(ctx, "ROLLBACK")
	}
	// What a broken connection says when it is closed is of no use: its error was the read's.
	_ = p.conn.Close()
}

// quote quotes an identifier.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// literal quotes a text that holds no backslash: a time zone's name.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
