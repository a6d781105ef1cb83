package main

import (
	"os"

	"guiji/internal/fault"
	"guiji/lake/stores"
)

// doctorEncryption tells what is encrypted at rest, and what is not.
func (a *app) doctorEncryption(w *workspace) []diagnosis {
	e := w.project.Config.Encryption
	if e.Store == "" && e.Serving == "" {
		return []diagnosis{{Where: "store", Warning: true, Text: a.say("command.doctor.sealed.none")}}
	}
	objects, files := e.Store, a.say("command.doctor.sealed.plain")
	if objects == "" {
		objects = a.say("command.doctor.sealed.plain")
	}
	if at := stores.Serving(w.project.Config, w.project.Dir); at.Key != nil {
		if _, err := at.Key(); err != nil {
			return []diagnosis{{Where: "store", Text: fault.Message(a.language(), err), kind: fault.KindOf(err)}}
		}
		files = a.say("command.doctor.sealed.serving")
	}
	out := []diagnosis{{Where: "store", OK: true, Text: a.say("command.doctor.sealed", objects, files)}}
	if e.Store == "" || e.Serving == "" {
		out = append(out, diagnosis{Where: "store", Warning: true, Text: a.say("command.doctor.sealed.half")})
	}
	scratch := w.project.Scratch()
	if scratch == "" {
		scratch = os.TempDir()
	}
	return append(out, diagnosis{Where: "folder", Warning: true, Text: a.say("command.doctor.sealed.scratch", scratch)})
}
