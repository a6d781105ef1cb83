package main

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/serving"
)

// onlooker asks the served data all the time while runs are killed: what it sees must
// be one whole release.
type onlooker struct {
	d    *desk
	stop chan struct{}
	done sync.WaitGroup
	seen map[sight]int
	errs map[string]int
}

// sight is what one question showed.
type sight struct {
	nonce             string
	residents, houses int64
}

// watch begins to look.
func (d *desk) watch() *onlooker {
	o := &onlooker{d: d, stop: make(chan struct{}), seen: map[sight]int{}, errs: map[string]int{}}
	o.done.Go(func() {
		for {
			select {
			case <-o.stop:
				return
			case <-time.After(time.Duration(proof.Of(250, 500)) * time.Millisecond):
			}
			if err := o.look(); err != nil && fault.KindOf(err) != fault.Config { // none is served yet
				o.errs[err.Error()]++
			}
		}
	})
	return o
}

func (o *onlooker) look() error {
	s, err := serving.Open(context.Background(), lake.Place{Dir: filepath.Join(o.d.dir, "serving")}, 0)
	if err != nil {
		return err
	}
	defer s.Close()
	rows, err := s.Query(context.Background(), "look",
		"SELECT (SELECT value FROM guiji WHERE what = 'nonce'), (SELECT count(name) FROM standard.gongan__resident), (SELECT count(address) FROM standard.gongan__house)")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at sight
		if err := rows.Scan(&at.nonce, &at.residents, &at.houses); err != nil {
			return err
		}
		o.seen[at]++
	}
	return rows.Err()
}

// close stops looking, and counts the sights that no release ever was.
func (o *onlooker) close() (looks, partial int) {
	o.d.Helper()
	close(o.stop)
	o.done.Wait()
	whole := map[sight]bool{}
	for rel, err := range lake.NewChain(o.d.store()).Walk(context.Background(), o.d.head().Version) {
		if err != nil {
			o.d.Fatal(err)
		}
		whole[sight{rel.Nonce, rel.Datasets["standard/gongan/resident"].Rows, rel.Datasets["standard/gongan/house"].Rows}] = true
	}
	for at, n := range o.seen {
		if looks += n; !whole[at] {
			partial += n
			o.d.Errorf("%d times %d residents and %d houses were seen: no release has these", n, at.residents, at.houses)
		}
	}
	for text, n := range o.errs {
		partial += n
		o.d.Errorf("%d times the served data could not be asked: %s", n, text)
	}
	return looks, partial
}
