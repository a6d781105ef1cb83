package catalog

// bureau judges whom the reports send departments to: a name and a way to reach it.
func (j *judge) bureau() {
	b := j.p.Config.Bureau
	if b == (Bureau{}) {
		return
	}
	if b.Name == "" {
		j.file(configFile, "bureau", "", "catalog.check.bureau.name")
	}
	if b.Phone == "" && b.Email == "" {
		j.tell(Warning, j.p.at(configFile, "bureau"), "", "catalog.check.bureau.reach")
	}
}
