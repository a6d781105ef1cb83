package mysql

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// moment is what a transaction sees.
type moment struct {
	snapshot bool   // the whole transaction sees one moment; false on servers that know no snapshot
	binlog   string // MariaDB: file and position of the binary log at that moment, "" if not told
}

// begin opens the read-only transaction. A server that refuses the snapshot clause gets a
// plain one, of which nothing is assumed.
func (p *session) begin(ctx context.Context) (moment, error) {
	_, err := p.conn.ExecContext(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
	if is(err, 1064, 1105, 1235) {
		_, err = p.conn.ExecContext(ctx, "START TRANSACTION READ ONLY")
		return moment{}, err
	}
	if err != nil {
		return moment{}, err
	}
	m := moment{snapshot: true}
	if p.source.server.mariadb {
		m.binlog, err = p.position(ctx)
	}
	return m, err
}

// position is where in the binary log the open snapshot stands: MariaDB takes both under
// one lock, and says so only to the transaction itself.
func (p *session) position(ctx context.Context) (string, error) {
	var at string
	err := each(ctx, p.conn, "SHOW STATUS LIKE 'binlog_snapshot_%'", nil, 2, func(v []sql.NullString) {
		if v[1].String != "" && v[1].String != "0" {
			at += v[0].String + "=" + v[1].String + ";"
		}
	})
	return at, err
}

// attempts is how often the other connections try to meet the first one's moment.
const attempts = 20

// join opens up to more sessions that see what p sees, and returns p with them and p's moment.
// Sameness is proven, never assumed: by equal positions in a complete binary log, or by holding a
// read lock on the table meanwhile where the project allows it. Without proof p stays alone.
func (s *Source) join(ctx context.Context, p *session, m moment, t *table, more int) ([]*session, moment, error) {
	alone := []*session{p}
	if !s.settings.LockTables && (m.binlog == "" || !p.completeLog(ctx)) {
		return alone, m, nil
	}
	others := s.more(ctx, more)
	if len(others) == 0 {
		return alone, m, nil
	}
	var (
		at  moment
		err error
	)
	all := append(alone, others...)
	if s.settings.LockTables {
		at, err = s.underLock(ctx, t, all)
	} else {
		at, err = sameBinlog(ctx, all)
	}
	if err == nil {
		return all, at, nil
	}
	s.leave(others)
	// Parts are open at both ends: a later moment than the one they were planned in is as good.
	m, err = p.begin(ctx)
	return alone, m, err
}

// leave closes sessions and frees their slots.
func (s *Source) leave(sessions []*session) {
	for _, p := range sessions {
		p.close()
		<-s.slots
	}
}

// more pins sessions on the slots that are free this moment.
func (s *Source) more(ctx context.Context, n int) []*session {
	var out []*session
	for range n {
		select {
		case s.slots <- struct{}{}:
		default:
			return out
		}
		p, err := s.pin(ctx)
		if err != nil { // the server has no more connections for us
			<-s.slots
			return out
		}
		out = append(out, p)
	}
	return out
}

// completeLog tells whether every change of any table moves the log: logging is on, nothing
// is filtered out, and the server does not apply another's changes without logging them.
// An account that may not ask gets no for an answer.
func (p *session) completeLog(ctx context.Context) bool {
	on, filters := false, true
	err := each(ctx, p.conn, "SELECT @@log_bin = 1, @@log_slave_updates = 1 OR (SELECT COUNT(*) FROM information_schema.GLOBAL_STATUS"+
		" WHERE VARIABLE_NAME IN ('SLAVES_RUNNING', 'SLAVE_RUNNING') AND VARIABLE_VALUE NOT IN ('0', 'OFF')) = 0", nil, 2,
		func(v []sql.NullString) { on = v[0].String == "1" && v[1].String == "1" })
	if err != nil || !on {
		return false
	}
	err = each(ctx, p.conn, "SHOW MASTER STATUS", nil, 4, func(v []sql.NullString) { filters = v[2].String != "" || v[3].String != "" })
	return err == nil && !filters
}

// errApart says that the sessions do not see one moment.
var errApart = errors.New("the sessions do not see one moment")

// sameBinlog opens all snapshots at once, again and again, until all stand at one position.
func sameBinlog(ctx context.Context, all []*session) (moment, error) {
	for range attempts {
		at, errs := make([]moment, len(all)), make([]error, len(all))
		var wg sync.WaitGroup
		for i, o := range all {
			wg.Go(func() {
				at[i], errs[i] = o.begin(ctx) // ends the transaction before it
			})
		}
		wg.Wait()
		same := true
		for i := range all {
			if errs[i] != nil {
				return moment{}, errs[i]
			}
			same = same && at[i].binlog != "" && at[i] == at[0]
		}
		if same {
			return at[0], nil
		}
	}
	return moment{}, errApart
}

// underLock opens all snapshots while a read lock keeps writers off the one table. The lock
// waits for open writers at most a second: waiting would hold up the next ones.
func (s *Source) underLock(ctx context.Context, t *table, all []*session) (moment, error) {
	guard, err := s.db.Conn(ctx)
	if err != nil {
		return moment{}, err
	}
	defer guard.Close() // frees the lock
	if _, err := guard.ExecContext(ctx, "SET SESSION lock_wait_timeout = 1"); err != nil {
		return moment{}, err
	}
	if _, err := guard.ExecContext(ctx, "LOCK TABLES "+quote(t.name)+" READ"); err != nil {
		return moment{}, err
	}
	at := make([]moment, len(all))
	for i, o := range all {
		if at[i], err = o.begin(ctx); err != nil {
			return moment{}, err
		}
	}
	_, err = guard.ExecContext(ctx, "UNLOCK TABLES")
	return at[0], err
}
