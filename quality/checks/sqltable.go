package checks

import (
	"guiji/quality"
)

// SQLTable is the check sql_table.
var SQLTable = &quality.Check{
	Name:  "sql_table",
	Title: "%s整体上不符合业务规则",
	Doc: "One truth value in DuckDB's SQL out of aggregates over the resource's items: true passes, false fails, NULL is not evaluated. Allowed are what sql allows and count, sum, avg, " +
		"min, max, bool_and, bool_or, stddev and variance with DISTINCT and FILTER; no subquery, window, other table, file or setting. {today} stands for the day of the run. " +
		"Division by zero is NULL. One that raises, or takes longer than 15 minutes, is not evaluated and says so; the others are. Written among the resource's checks.",
	Indicator: "0104",
	Advice:    "请对照判定依据核查本期数据整体情况，更正后重新报送。",
	Example:   "规则 count(*) FILTER (WHERE status = '注销') < 0.3 * count(*)：注销户占比应低于三成。",
	Sample:    "sql_table: count(*) FILTER (WHERE closed IS NOT NULL) < 0.3 * count(*)\n{sql_table: 'sum(paid) <= sum(granted)', title: 拨付总额超过批准总额}",
	Params:    func() any { return new(SQLParams) },
	Validate:  SQL.Validate,
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Written: dated(r.Params.(*SQLParams).Expr, env), Judge: func(got []*string, _ []string) quality.Verdict {
			switch {
			case got[0] == nil:
				return quality.Verdict{Status: quality.NotEvaluated, Reason: env.Say("quality.novalue")}
			case *got[0] == "true":
				return quality.Verdict{Status: quality.Pass}
			}
			return quality.Verdict{Status: quality.Fail}
		}}, nil
	},
}
