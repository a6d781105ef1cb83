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
	day := today(p).Format(time.DateOnly)
	p.EndPurposes(day)
	p.Authorise(day)
	if a.lang == "" {
		a.lang = p.Config.Lang
	}
	return p, nil
}
