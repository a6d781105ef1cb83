package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"guiji/internal/fault"
)

// The files of a project directory.
const (
	configFile      = "guiji.yaml"
	departmentsFile = "departments.yaml"
	elementsFile    = "elements.yaml"
	entitiesFile    = "entities.yaml"
	catalogDir      = "catalog"
	codesDir        = "codes"
)

var (
	resourceName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	itemName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// Load reads a project directory strictly: guiji.yaml (which must be there),
// departments.yaml, elements.yaml, entities.yaml, catalog/<department>/<name>.yaml,
// decisions/<kind>.yaml and codes/<name>.csv. What is wrong in any file is told at once, joined; each
// error is of kind fault.Config with file, line and the line's text. Load does not
// judge what the files say: Check does.
func Load(dir string) (*Project, error) {
	p, errs := load(os.DirFS(dir), dir)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return p, nil
}

// loader gathers a project and what is wrong with its files.
type loader struct {
	fsys fs.FS
	p    *Project
	errs []error
}

func load(fsys fs.FS, dir string) (*Project, []error) {
	l := &loader{fsys: fsys, p: &Project{Dir: dir, Config: DefaultConfig(), Codes: map[string]*CodeTable{}, places: map[string]places{}}}
	if _, err := fs.Stat(fsys, configFile); err != nil {
		return nil, []error{fault.New(fault.Config, "catalog.project.none", dir, configFile).Try("catalog.project.init")}
	}
	l.yaml(configFile, &l.p.Config, l.config)
	l.yaml(departmentsFile, &l.p.Departments, nil)
	l.yaml(elementsFile, &l.p.Elements, nil)
	l.yaml(entitiesFile, &l.p.Entities, nil)
	l.resources()
	l.decisions()
	l.codes()
	l.p.Profiles = l.p.Config.Profiles
	for i := range l.p.Elements {
		e := &l.p.Elements[i]
		if e.WhenEmpty == "" {
			e.WhenEmpty = EmptyMeansEmpty
		}
		if e.Survivorship == "" {
			e.Survivorship = SurviveAuthority
		}
	}
	l.p.rename()
	return l.p, l.errs
}

// yaml reads one file into a value; a file that is not there leaves it alone.
func (l *loader) yaml(file string, into any, then func(*document)) {
	data, err := fs.ReadFile(l.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.fail(fault.New(fault.Config, "catalog.file.read", file).Because(err))
		return
	}
	d, err := parseDocument(file, data)
	if err != nil {
		l.fail(err)
		return
	}
	if err := d.decode(d.body, into); err != nil {
		l.fail(err)
		return
	}
	l.p.places[file] = placesOf(d.body)
	if then != nil {
		then(d)
	}
}

func (l *loader) fail(err error) { l.errs = append(l.errs, err) }

func (l *loader) config(d *document) {
	for name, c := range l.p.Config.Connections {
		c.bind(name, l.p.Dir, d)
		l.p.Config.Connections[name] = c
	}
}

// resources reads catalog/<department>/<name>.yaml. Anything else in there is
// refused: an entry in the wrong place would be missing without a word.
func (l *loader) resources() {
	l.files(catalogDir, func(file string) {
		parts := strings.Split(file, "/")
		name, ok := strings.CutSuffix(parts[len(parts)-1], ".yaml")
		if !ok || len(parts) != 3 {
			l.fail(fault.New(fault.Config, "catalog.file.stray", file))
			return
		}
		r := &Resource{ID: parts[1] + "/" + name, File: file}
		l.yaml(file, r, func(d *document) {
			bindSpecs(r, d)
			r.fill()
			l.p.Resources = append(l.p.Resources, r)
		})
	})
	slices.SortFunc(l.p.Resources, func(a, b *Resource) int { return strings.Compare(a.ID, b.ID) })
}

// bindSpecs ties the checks and steps of an entry to the document they stand in.
func bindSpecs(r *Resource, d *document) {
	bind := func(specs []CheckSpec) {
		for i := range specs {
			s := &specs[i]
			s.At.File = d.file
			params := s.Params
			s.decode = func(into any) error { return d.decode(params, into) }
		}
	}
	bind(r.Checks)
	for i := range r.Items {
		bind(r.Items[i].Checks)
		for j := range r.Items[i].Standardize {
			r.Items[i].Standardize[j].At.File = d.file
		}
	}
}

func (l *loader) codes() {
	l.files(codesDir, func(file string) {
		name, ok := strings.CutSuffix(strings.TrimPrefix(file, codesDir+"/"), ".csv")
		if !ok || strings.Contains(name, "/") {
			l.fail(fault.New(fault.Config, "catalog.file.stray", file))
			return
		}
		data, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			l.fail(fault.New(fault.Config, "catalog.file.read", file).Because(err))
			return
		}
		t, err := readCodes(file, name, data)
		if err != nil {
			l.fail(err)
			return
		}
		l.p.Codes[name] = t
	})
}

// files calls f for each file below a folder, in order, but for hidden ones,
// notes (*.md) and editors' leavings (*~); without the folder, for none.
func (l *loader) files(dir string, f func(file string)) {
	err := fs.WalkDir(l.fsys, dir, func(file string, e fs.DirEntry, err error) error {
		base := path.Base(file)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(base, ".") && e.IsDir():
			return fs.SkipDir
		case e.IsDir(), strings.HasPrefix(base, "."), strings.HasSuffix(base, ".md"), strings.HasSuffix(base, "~"):
			return nil
		}
		f(file)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail(fault.New(fault.Config, "catalog.file.read", dir).Because(err))
	}
}

// isDate tells a date that exists, as 2006-01-02.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
