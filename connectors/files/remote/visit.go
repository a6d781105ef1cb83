package remote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guiji/connectors/files"
	"guiji/internal/fault"
)

// mostFiles is how many files a folder may hold.
const mostFiles = 100_000

// listed is a file as it was listed.
type listed struct {
	files.File
	fetched bool
}

// visit is a folder of the scratch folder that stands for one on another machine: it has a
// file for each there, of the size and time that it has there. What a table needs of them
// is fetched.
type visit struct {
	source  *Source
	session Session // nil: broken
	dir     string
	listed  map[string]*listed
	reader  reader
	bytes   int64 // fetched so far
	passed  int   // files whose names cannot be shown, of no table
}

// visit lists the files there are now, as far as the tables may need them; without tables,
// those that Discover tells of. End it with remove.
func (s *Source) visit(ctx context.Context, tables ...string) (*visit, error) {
	dir, err := os.MkdirTemp(s.Env.Scratch, "guiji-remote-*") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("make a folder for files: %w", err)
	}
	v := &visit{source: s, dir: dir, listed: map[string]*listed{}}
	if v.session, err = s.Folder.Connect(ctx); err == nil {
		into := func(folder string) bool { return leads(folder, tables) }
		err = v.session.List(ctx, into, func(f files.File) error { return v.stand(f, into, tables) })
	}
	if err == nil {
		v.reader, err = s.Formats.open(dir, s.Env)
	}
	if err != nil {
		v.remove()
		return nil, err
	}
	return v, nil
}

// leads reports whether a folder can hold files of one of the tables, or folders that do;
// without tables, whether it lies in the folder itself.
func leads(folder string, tables []string) bool {
	if len(tables) == 0 {
		return !strings.Contains(folder, "/")
	}
	return slices.ContainsFunc(tables, func(table string) bool {
		for at := range table + "#" { // a sheet may stand behind any of the marks
			if at < len(table) && table[at] != '#' || !onTheWay(folder, table[:at]) {
				continue
			}
			return true
		}
		return false
	})
}

// onTheWay reports whether a folder is one of a pattern's, or its beginning.
func onTheWay(folder, pattern string) bool {
	have, want := strings.Split(folder, "/"), strings.Split(path.Clean(pattern), "/")
	if len(have) > len(want) {
		return false
	}
	for i, name := range have {
		if !mayFit(want[i], name, strings.Clone) {
			return false
		}
	}
	return true
}

// stand makes the file that stands for one on the other machine. One whose name cannot be
// shown is passed over, unless one of the tables may need it.
func (v *visit) stand(f files.File, into func(folder string) bool, tables []string) error {
	if !isName(f.Name) {
		if v.passed++; isBelow(f.Name) && !v.mayNeed(f, tables) {
			return nil
		}
		return fault.New(fault.Data, "remote.name", v.source.Folder.Name(), f.Name).Try("remote.name.hint")
	}
	if folder := path.Dir(f.Name); folder != "." && !into(folder) {
		return nil
	}
	if len(v.listed) == mostFiles {
		return fault.New(fault.Data, "remote.many", v.source.Folder.Name(), mostFiles).Try("remote.many.hint")
	}
	at := v.path(f)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return fault.New(fault.Data, "remote.name", v.source.Folder.Name(), f.Name).Because(err)
	}
	file, err := os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Data, "remote.name", v.source.Folder.Name(), f.Name).Because(err)
	}
	if err := errors.Join(file.Truncate(f.Size), file.Close()); err != nil {
		return fmt.Errorf("make a place for a file: %w", err)
	}
	v.listed[f.Name] = &listed{File: f}
	return os.Chtimes(at, time.Time{}, time.Unix(0, f.Modified))
}

// isName reports whether a name is one of a file below the folder that every message can
// show: what an object store or a hostile server may send besides is refused.
func isName(name string) bool {
	return isBelow(name) && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// isBelow reports whether a name is one below the folder, shown or not. What sends another
// is no folder.
func isBelow(name string) bool {
	return filepath.IsLocal(name) && filepath.ToSlash(filepath.Clean(name)) == name && name != "."
}

func (v *visit) path(f files.File) string { return filepath.Join(v.dir, filepath.FromSlash(f.Name)) }

// forget removes what stands for files: nobody reads them.
func (v *visit) forget(these []files.File) error {
	for _, f := range these {
		if err := os.Remove(v.path(f)); err != nil {
			return err
		}
	}
	return nil
}

// leave ends the use of the other machine.
func (v *visit) leave() {
	if v.session != nil {
		_ = v.session.Close() // nothing was written there
		v.session = nil
	}
}

// remove ends what was fetched. It was ours alone, in a folder that is swept.
func (v *visit) remove() {
	v.leave()
	_ = os.RemoveAll(v.dir)
}

// local are files as they stand in the scratch folder.
func local(picked []files.File) []files.File {
	out := slices.Clone(picked)
	for i := range out {
		out[i].Tag = ""
	}
	return out
}
