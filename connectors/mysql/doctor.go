package mysql

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"

	"guiji/connectors"
)

// Doctor tells of the server, the connection and the account, worst first.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	ctx, cancel := s.connecting(ctx)
	defer cancel()
	p, err := s.pin(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	where := s.settings.Address + "/" + s.settings.Database
	out := []connectors.Finding{{OK: true, Key: "mysql.doctor.version", Args: []any{where, s.server.version}}}
	out = append(out, s.aboutTLS(where))
	out = append(out, finding(p.named, "mysql.doctor.zone", "mysql.doctor.zone.offset", where, s.zone.String()))
	m, err := p.begin(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	out = append(out, finding(m.snapshot, "mysql.doctor.snapshot", "mysql.doctor.snapshot.none", where))
	proven := s.settings.LockTables || m.binlog != "" && p.completeLog(ctx)
	out = append(out, finding(proven, "mysql.doctor.parallel", "mysql.doctor.parallel.one", where))
	rights, err := p.writes(ctx)
	switch {
	case errors.As(err, new(*mysql.MySQLError)): // a server without accounts
		out = append(out, finding(false, "", "mysql.doctor.rights", where, s.settings.User))
	case err != nil:
		return nil, s.explain(err)
	default:
		out = append(out, finding(len(rights) == 0, "mysql.doctor.readonly", "mysql.doctor.writes", where, s.settings.User, strings.Join(rights, ", ")))
	}
	slices.SortStableFunc(out, func(a, b connectors.Finding) int { return rank(a) - rank(b) })
	return out, nil
}

func (s *Source) aboutTLS(where string) connectors.Finding {
	switch {
	case s.settings.encrypted():
		return connectors.Finding{OK: true, Key: "mysql.doctor.tls", Args: []any{where}}
	case s.settings.local():
		return connectors.Finding{OK: true, Key: "mysql.doctor.tls.local", Args: []any{where}}
	}
	return connectors.Finding{Warning: true, Key: "mysql.doctor.tls.off", Args: []any{where}}
}

func finding(ok bool, good, warning string, args ...any) connectors.Finding {
	if ok {
		return connectors.Finding{OK: true, Key: good, Args: args}
	}
	return connectors.Finding{Warning: true, Key: warning, Args: args}
}

func rank(f connectors.Finding) int {
	switch {
	case f.OK:
		return 2
	case f.Warning:
		return 1
	}
	return 0
}

// harmless are the rights of a reader that changes nothing.
func harmless() []string {
	return []string{"USAGE", "SELECT", "SHOW VIEW", "LOCK TABLES", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR"}
}

// writes lists the rights beyond a reader's, out of the server's own GRANT statements.
func (p *session) writes(ctx context.Context) ([]string, error) {
	var beyond []string
	columns := regexp.MustCompile(`\([^)]*\)`) // SELECT (a, b) is a right on columns
	err := each(ctx, p.conn, "SHOW GRANTS", nil, 1, func(v []sql.NullString) {
		rest, ok := strings.CutPrefix(v[0].String, "GRANT ")
		rights, _, on := strings.Cut(columns.ReplaceAllString(rest, ""), " ON ")
		if !ok || !on { // a role; its rights follow in lines of their own
			return
		}
		for _, r := range strings.Split(rights, ",") {
			if r = strings.TrimSpace(r); !slices.Contains(harmless(), r) && !slices.Contains(beyond, r) {
				beyond = append(beyond, r)
			}
		}
	})
	slices.Sort(beyond)
	return beyond, err
}
