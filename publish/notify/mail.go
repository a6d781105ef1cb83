package notify

import (
	"context"
	"time"

	"guiji/internal/retry"
	"guiji/publish/mail"
)

// mail sends an event as a text to the addresses, all in one message.
func (n *Notifier) mail(ctx context.Context, to []string, e Event) error {
	office := mail.Office{Mail: n.Mail, Dir: n.Dir}
	l := mail.Letter{To: to, Subject: n.subject(e), Text: n.body(e), ID: e.ID, Date: e.At}
	_, err := retry.Do(ctx, retry.Policy{Tries: 2, First: time.Second}, func() (struct{}, error) { return struct{}{}, office.Send(ctx, l) })
	return err
}
