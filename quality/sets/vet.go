package sets

import (
	"context"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/quality"
)

// Vet judges the users' expressions among a resource's rules before there is any
// row: over an empty relation of the items in their catalogue types. Each one
// that no run could evaluate is an error (fault.Config, with file and line); err
// means that nothing can be said.
func Vet(ctx context.Context, s *engine.Session, env *quality.Env, rules []*quality.Rule) (bad []error, err error) {
	e := &evaluation{Input: Input{Session: s, Env: env, Raw: nothing(env.Resource), Rules: rules}}
	if err := e.columns(ctx); err != nil {
		return nil, err
	}
	for _, r := range rules {
		expr, at := written(r, env)
		if expr == "" {
			continue
		}
		reason, err := e.vet(ctx, expr, at)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			bad = append(bad, fault.New(fault.Config, "quality.check", r.At.File, r.At.Line, r.Check.Name).Because(errors.New(reason)))
		}
	}
	return bad, nil
}

// written is a user's expression in a rule, and where it stands; "" if there is none
// or the rule cannot run: Evaluate gives the reason.
func written(r *quality.Rule, env *quality.Env) (string, place) {
	switch {
	case r.Reason != "":
	case r.Check.Set != nil:
		if q, err := r.Check.Set(r, env); err == nil {
			return q.RowExpr, ofRow
		}
	case r.Check.Table != nil:
		if q, err := r.Check.Table(r, env); err == nil {
			return q.Written, ofTable
		}
	}
	return "", ofRow
}

// nothing is a relation of a resource's items, as raw has them, without a row.
func nothing(res *catalog.Resource) string {
	var columns []string
	for i := range res.Items {
		it := &res.Items[i]
		columns = append(columns, "NULL::"+sqlType(it.Type)+" AS "+engine.Ident(it.Name), "NULL::VARCHAR AS "+engine.Ident(it.Name+"_raw"))
	}
	return "(SELECT " + strings.Join(columns, ", ") + " LIMIT 0)"
}

// sqlType is DuckDB's name of the type a catalogue type is stored in.
func sqlType(t catalog.Type) string {
	switch a := t.Arrow().(type) {
	case *arrow.Int64Type:
		return "BIGINT"
	case *arrow.Int16Type:
		return "SMALLINT"
	case *arrow.Float64Type:
		return "DOUBLE"
	case *arrow.Date32Type:
		return "DATE"
	case *arrow.TimestampType:
		return "TIMESTAMP"
	case *arrow.BinaryType:
		return "BLOB"
	case *arrow.Decimal128Type:
		return strings.ToUpper(strings.Replace(a.String(), "decimal128", "decimal", 1))
	}
	return "VARCHAR"
}
