package catalog

// Naming is a place where a steward's decision names a record or a subject.
type Naming struct {
	Decision string // its id
	At       Pos
}

// LinksNaming are the places of decisions/links.yaml that name what is told of an entity
// by is, in the file's order.
func (p *Project) LinksNaming(is func(entity string, d Linked) bool) []Naming {
	var out []Naming
	for i, l := range p.Links {
		for _, list := range []struct {
			key   string
			named []Linked
		}{{"must_link", l.MustLink}, {"cannot_link", l.CannotLink}, {"exclude", l.Exclude}} {
			for k, d := range list.named {
				if is(l.Entity, d) {
					out = append(out, Naming{l.ID, p.at(linksFile, indexed(indexed("", i)+"."+list.key, k))})
				}
			}
		}
	}
	return out
}

// OwnFiles are the files of a project directory that hold what its office writes down,
// as Load reads them: patterns of io/fs.
func OwnFiles() []string {
	return []string{configFile, departmentsFile, elementsFile, entitiesFile, catalogDir + "/*/*", decisionsDir + "/*", codesDir + "/*"}
}
