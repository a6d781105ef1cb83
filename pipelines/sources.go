package pipelines

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"guiji/connectors"
)

// sources opens each connection once per run, when the first resource asks for it. One
// that could not be opened is tried again by who asks next.
type sources struct {
	runner *Runner
	env    connectors.Env
	mu     sync.Mutex
	opened map[string]*openedSource
}

type openedSource struct {
	once   sync.Once
	source connectors.Source
	err    error
}

func newSources(r *run) *sources {
	return &sources{runner: r.Runner, opened: map[string]*openedSource{}, env: connectors.Env{
		Dir: r.Project.Dir, Timezone: r.Project.Config.Timezone, Alloc: r.alloc, Scratch: r.scratch,
	}}
}

func (s *sources) open(ctx context.Context, name string) (connectors.Source, error) {
	s.mu.Lock()
	o, ok := s.opened[name]
	if !ok {
		o = &openedSource{}
		s.opened[name] = o
	}
	s.mu.Unlock()
	o.once.Do(func() { o.source, o.err = s.runner.OpenSource(ctx, name, s.env) })
	if o.err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.opened[name] == o {
			delete(s.opened, name)
		}
	}
	return o.source, o.err
}

// close closes what was opened.
func (s *sources) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.opened)) {
		if o := s.opened[name]; o.source != nil {
			errs = append(errs, o.source.Close())
		}
	}
	return errors.Join(errs...)
}
