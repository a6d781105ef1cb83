package report

import (
	"guiji/catalog"
	"guiji/internal/text"
)

// CleanUps are what a department holds beside an authority (待清理重复采集项).
func (p page) CleanUps() []catalog.CleanUp { return p.Project.CleanUps(p.Now, p.D.Entry.ID) }

// PartText says as what it is held.
func (p page) PartText(u catalog.CleanUp) string {
	return p.t(text.Key("command.part." + string(u.Part)))
}

// HolderText names who has the authority, and the entry.
func (p page) HolderText(u catalog.CleanUp) string {
	id, _, _ := u.Authority.Split()
	res := p.Project.Resource(id)
	if res == nil {
		return id
	}
	name := res.Provider
	if d := p.Project.Department(res.Provider); d != nil {
		name = d.Name
	}
	return name + "《" + res.Name + "》"
}
