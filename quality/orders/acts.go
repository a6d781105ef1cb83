package orders

import (
	"context"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/internal/state"
)

// wall is what a clock on the wall shows at t, without a zone.
func wall(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000*1000, time.UTC)
}

// ReadActs makes the session's temporary table ord_act of what people did, a row an order
// they acted on: number, done and all else that OrderStanding has, times as a clock on the
// wall of the zone shows them. acts is as BookInput.Acts. It returns the table as a relation.
func ReadActs(ctx context.Context, s *engine.Session, zone *time.Location, acts func(context.Context, func(state.OrderStanding) error) error) (relation string, err error) {
	err = s.Exec(ctx, "orders", "CREATE OR REPLACE TEMP TABLE ord_act (number VARCHAR, assigned VARCHAR, started TIMESTAMP, done TIMESTAMP, requested TIMESTAMP, refused TIMESTAMP, "+
		"exempted TIMESTAMP, until DATE, approver VARCHAR, reason VARCHAR, dispute VARCHAR, objected TIMESTAMP, note VARCHAR, last TIMESTAMP)")
	if err != nil || acts == nil {
		return "ord_act", err
	}
	var rows []string
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := s.Exec(ctx, "orders", "INSERT INTO ord_act VALUES "+strings.Join(rows, ", "))
		rows = rows[:0]
		return err
	}
	err = acts(ctx, func(one state.OrderStanding) error {
		rows = append(rows, actRow(one, zone))
		if len(rows) == 500 {
			return flush()
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return "ord_act", flush()
}

func actRow(s state.OrderStanding, zone *time.Location) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "NULL"
		}
		return stamp(wall(t, zone))
	}
	text := func(s string) string {
		if s == "" {
			return "NULL"
		}
		return engine.Lit(strings.ReplaceAll(s, "\x00", ""))
	}
	until := "NULL"
	if s.Until != "" {
		until = "DATE " + engine.Lit(s.Until)
	}
	return "(" + strings.Join([]string{text(s.Number), text(s.AssignedTo), at(s.Started), at(s.Done), at(s.Requested), at(s.Refused),
		at(s.Exempted), until, text(s.Approver), text(s.Reason), text(s.Dispute), at(s.Objected), text(s.Note), at(s.Last)}, ", ") + ")"
}
