package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality/orders"
)

func (a *app) orders() *cobra.Command {
	cmd := &cobra.Command{Use: "orders", Short: a.say("orders.command"), Long: a.say("orders.long"), Args: cobra.NoArgs}
	cmd.AddCommand(a.listOrders(), a.showOrder(), a.assignOrders(), a.progressOfOrders("start NUMBER…", state.Start), a.progressOfOrders("done NUMBER…", state.Done), a.exemptOrders(), a.answerOrders(), a.importOrders())
	return cmd
}

// orderBook is the work orders of a release, open for a command.
type orderBook struct {
	*orders.Book
	w     *workspace
	rel   *lake.Release
	s     *engine.Session
	store *state.Store // nil where nothing was ever decided
}

// orderBook opens the work orders of a version of the chain, 0 for the newest, with what
// people did about them.
func (w *workspace) orderBook(ctx context.Context, version uint64) (*orderBook, error) {
	rel, err := w.release(ctx, version)
	if err != nil {
		return nil, err
	}
	return w.bookOf(ctx, rel)
}

// bookOf opens the work orders of a release.
func (w *workspace) bookOf(ctx context.Context, rel *lake.Release) (b *orderBook, err error) {
	b = &orderBook{w: w, rel: rel}
	if b.store, err = state.OpenExisting(ctx, w.folder(w.project.Config.State)); err != nil {
		return nil, err
	}
	d := w.project.Config.Defaults
	if b.s, err = engine.Open(ctx, engine.Options{Temp: cmp.Or(w.cache.Passing(), w.project.Scratch()), Memory: d.Memory, Threads: d.Threads}); err != nil {
		return nil, errors.Join(err, b.store.Close())
	}
	b.Book, err = orders.OpenBook(ctx, orders.BookInput{Project: w.project, Release: rel, Session: b.s, Relation: w.relation, Acts: b.store.EachOrder, Now: w.now()})
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *orderBook) close() error { return errors.Join(b.s.Close(), b.store.Close()) }

// department refuses one that is not in the catalogue; "" is fine.
func (w *workspace) knownDepartment(id string) error {
	if id != "" && w.project.Department(id) == nil {
		return fault.New(fault.Config, "dispute.department", id)
	}
	return nil
}
