package mysql

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// rights are an account's, out of the server's own GRANT statements.
type rights struct {
	all    []string // as the server writes them: SELECT on `d`.*
	beyond []string // those that a reader does not need
}

// harmless are the rights of a reader that changes nothing.
func harmless() []string {
	return []string{"USAGE", "SELECT", "SHOW VIEW", "LOCK TABLES", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR",
		"SLAVE MONITOR", "REPLICA MONITOR"}
}

// rights asks for the account's own rights and those of every role it was given: one that is
// not in use now is one statement away. The session has another role behind it.
func (p *session) rights(ctx context.Context) (rights, error) {
	var out rights
	var roles []string
	err := p.ask(ctx, "SHOW GRANTS", 1, func(v []sql.NullString) { roles = append(roles, out.take(v[0].String)...) })
	for _, role := range roles {
		if err == nil {
			err = p.withRole(ctx, role, func(v []sql.NullString) { out.take(v[0].String) })
		}
		if errors.As(err, new(*mysql.MySQLError)) {
			// What nobody may look at might be anything.
			out.beyond, err = append(out.beyond, "ROLE "+role), nil
		}
	}
	for _, list := range []*[]string{&out.all, &out.beyond} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return out, err
}

// withRole shows what the account may do in a role, which holds the roles given to that.
func (p *session) withRole(ctx context.Context, role string, take func([]sql.NullString)) error {
	if !p.source.server.mariadb {
		return p.ask(ctx, "SHOW GRANTS FOR CURRENT_USER() USING "+role, 1, take)
	}
	err := p.ask(ctx, "SET ROLE "+role, 0, func([]sql.NullString) {})
	if err == nil {
		err = p.ask(ctx, "SHOW GRANTS", 1, take)
	}
	return err
}

// take reads one GRANT statement, and returns the roles it gives. What follows the account in
// it, a password's hash, is looked at for GRANT OPTION alone.
func (r *rights) take(statement string) (roles []string) {
	grant, ok := strings.CutPrefix(statement, "GRANT ")
	what, to, whom := strings.Cut(grant, " TO ")
	if !ok || !whom {
		return nil
	}
	on := regexp.MustCompile(" ON (`|\\*|''|'|FUNCTION |PROCEDURE |PACKAGE )").FindStringIndex(what)
	if on == nil {
		for _, role := range regexp.MustCompile("`(?:[^`]|``)*`(?:@`(?:[^`]|``)*`)?").FindAllString(what, -1) {
			roles = append(roles, role)
		}
		return roles
	}
	names, object := what[:on[0]], strings.TrimPrefix(what[on[0]:], " ON ")
	if strings.HasSuffix(to, "WITH GRANT OPTION") {
		names += ", GRANT OPTION"
	}
	columns := regexp.MustCompile(`\s*\([^)]*\)`) // SELECT (a, b) is a right on columns
	for _, name := range strings.Split(columns.ReplaceAllString(names, ""), ",") {
		name = strings.TrimSpace(name)
		if name != "USAGE" {
			r.all = append(r.all, name+" ON "+object)
		}
		if !slices.Contains(harmless(), name) {
			r.beyond = append(r.beyond, name)
		}
	}
	return nil
}
