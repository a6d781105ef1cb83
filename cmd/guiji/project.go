package main

import (
	"time"

	"guiji/catalog"
)

// project loads the project directory of --project. Its language holds where
// --lang names none.
func (a *app) project() (*catalog.Project, error) {
	p, err := catalog.Load(a.dir)
	if err != nil {
		return nil, err
	}
	today := time.Now()
	if zone, err := time.LoadLocation(p.Config.Timezone); err == nil { // a zone that is none is refused where the store is opened
		today = today.In(zone)
	}
	p.EndPurposes(today.Format(time.DateOnly))
	p.Authorise(today.Format(time.DateOnly))
	if a.lang == "" {
		a.lang = p.Config.Lang
	}
	return p, nil
}
