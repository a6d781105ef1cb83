package checks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// SQL is the check sql.
var SQL = &quality.Check{
	Name:  "sql",
	Title: "%s不符合业务规则",
	Doc: "One expression in DuckDB's SQL over the row's own items: true passes, false fails, NULL is not evaluated. {today} stands for the day of the run. " +
		"Only operators, CASE, casts and pure functions are allowed: no subquery, aggregate, window, other table, file, setting, clock or random number. " +
		"An expression that raises on any row, or whose pass takes longer than 15 minutes, is not evaluated and says so; the others are. " +
		"Write try_cast, try_strptime. Division by zero is NULL.",
	Indicator: "0104",
	Advice:    "请对照判定依据核对相关信息项，更正后重新报送。",
	Example:   "公民身份号码第 7 至 14 位为 19900101 的，出生日期应为 1990-01-01。",
	Sample:    "{sql: \"birth = try_strptime(substr(citizen_id, 7, 8), '%Y%m%d')::date\", title: 出生日期与身份证不一致, indicator: \"0402\", severity: warning}\nsql: birth <= {today}",
	Params:    func() any { return new(SQLParams) },
	Validate: func(r *quality.Rule, _ *quality.Env) error {
		if strings.TrimSpace(r.Params.(*SQLParams).Expr) == "" {
			return fault.New(fault.Config, "quality.missing", "expr")
		}
		return nil
	},
	Set: func(r *quality.Rule, env *quality.Env) (quality.SetSQL, error) {
		return quality.SetSQL{RowExpr: dated(r.Params.(*SQLParams).Expr, env)}, nil
	},
}

// dated puts the day of the run into an expression.
func dated(expr string, env *quality.Env) string {
	return strings.ReplaceAll(expr, "{today}", "DATE '"+env.Today+"'")
}

// SQLParams are written as the expression alone.
type SQLParams struct {
	Expr string `yaml:"expr"`
}

// UnmarshalYAML reads the expression, or {expr: …}.
func (p *SQLParams) UnmarshalYAML(n ast.Node) error {
	type long SQLParams
	return scalarOr(n, &p.Expr, (*long)(p))
}

// words are the string literals and names of an expression, literals first so
// that a name within one is not taken for an item.
var words = regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*`)

// Uses names the item the check is written at, then the items the expression
// speaks of, in its order.
func (p *SQLParams) Uses(own string, res *catalog.Resource) []string {
	var out []string
	if own != "" {
		out = append(out, own)
	}
	for _, w := range words.FindAllString(p.Expr, -1) {
		name := strings.TrimSuffix(strings.Trim(w, `"`), "_raw")
		if w[0] == '\'' {
			continue
		}
		for i := range res.Items { // SQL names have no case
			if it := res.Items[i].Name; strings.EqualFold(it, name) && !slices.Contains(out, it) {
				out = append(out, it)
			}
		}
	}
	return out
}
