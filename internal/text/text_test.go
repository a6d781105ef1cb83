package text

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

const root = "../.."

// Every message says the same thing in both languages, with the same arguments.
func TestMessagesAreWhole(t *testing.T) {
	room := map[Key]int{}
	for i, c := range catalogues() {
		for _, key := range slices.Sorted(maps.Keys(c)) {
			m := c[key]
			if other, twice := room[key]; twice {
				t.Errorf("%s stands in catalogues %d and %d", key, other, i)
			}
			room[key] = i
			if !keyForm.MatchString(string(key)) {
				t.Errorf("%s is no key: room.what in small letters", key)
			}
			if strings.TrimSpace(m.EN) == "" || strings.TrimSpace(m.ZH) == "" {
				t.Errorf("%s lacks a language", key)
			}
			en, zh := verbs(t, key, m.EN), verbs(t, key, m.ZH)
			if !slices.Equal(en, zh) {
				t.Errorf("%s: English has arguments %v, Chinese %v", key, en, zh)
			}
			for i, n := range en {
				if n != i+1 {
					t.Errorf("%s: arguments are %v, want 1 to %d", key, en, len(en))
					break
				}
			}
		}
	}
}

var (
	keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$`)
	verb    = regexp.MustCompile(`%(%|[-+# 0]*[\d.]*(?:\[(\d+)\])?[\d.]*([a-zA-Z]))`)
)

// verbs are the numbers of a message's arguments, sorted and each once.
func verbs(t *testing.T, key Key, s string) []int {
	t.Helper()
	found := map[int]bool{}
	percents := 0
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		switch {
		case m[1] == "%":
			percents++
		case m[2] == "":
			t.Errorf("%s: %s has no number", key, m[0])
		default:
			n, _ := strconv.Atoi(m[2]) // the expression takes digits alone
			found[n] = true
		}
	}
	if percents > 0 && len(found) == 0 {
		t.Errorf("%s has no arguments, so its %%%% is shown as it stands", key)
	}
	if len(found) > 0 && strings.Contains(verb.ReplaceAllString(s, ""), "%") {
		t.Errorf("%s has a %% that is neither a verb nor doubled", key)
	}
	return slices.Sorted(maps.Keys(found))
}

// Every key the program uses is in the catalogue and gets the arguments its message
// names; every message is used.
func TestKeysAreUsedAndKnown(t *testing.T) {
	u := &uses{t: t, used: map[Key]bool{}, all: map[Key]Message{}}
	for _, c := range catalogues() {
		maps.Copy(u.all, c)
	}
	u.templates()
	for _, p := range product(t) {
		for _, f := range p.Syntax {
			if name := p.Fset.Position(f.Pos()).Filename; strings.HasPrefix(filepath.Base(name), "messages_") {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool { u.visit(p, n); return true })
		}
	}
	for _, key := range slices.Sorted(maps.Keys(u.all)) {
		if !u.used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// product loads the packages of the module with their types, without tests.
func product(t *testing.T) []*packages.Package {
	t.Helper()
	list, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
		Dir:  root,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
	}
	return list
}

// uses gathers where keys stand in the program.
type uses struct {
	t    *testing.T
	all  map[Key]Message
	used map[Key]bool
}

func (u *uses) visit(p *packages.Package, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok {
		return
	}
	tv, ok := p.TypesInfo.Types[e]
	if !ok {
		return
	}
	switch {
	case tv.Value != nil && tv.Value.Kind() == constant.String:
		u.constant(p.Fset.Position(e.Pos()), constant.StringVal(tv.Value), isKey(tv.Type))
	case isKey(tv.Type):
		u.composed(p, e)
	}
	if call, ok := e.(*ast.CallExpr); ok {
		u.call(p, call)
	}
}

// isKey reports whether t is text.Key. Export data makes it another type object
// than this package's own, so names are compared.
func isKey(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Key" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "guiji/internal/text"
}

// constant notes a string that may be a key, and refuses a key that has no message.
// A key without a dot is the end of one that is put together.
func (u *uses) constant(at token.Position, s string, typed bool) {
	if _, ok := u.all[Key(s)]; ok {
		u.used[Key(s)] = true
		return
	}
	if typed && strings.Contains(strings.Trim(s, "."), ".") && !strings.HasSuffix(s, ".") {
		u.t.Errorf("%s: %s has no message", at, s)
	}
}

// composed notes all keys that a sum such as "command.col."+name can make.
func (u *uses) composed(p *packages.Package, e ast.Expr) {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 && p.TypesInfo.Types[call.Fun].IsType() {
		e = call.Args[0] // text.Key("…" + name)
	}
	sum, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok {
		return
	}
	form := regexp.MustCompile("^" + pattern(p.TypesInfo, sum) + "$")
	found := false
	for key := range u.all {
		if form.MatchString(string(key)) {
			u.used[key], found = true, true
		}
	}
	if !found {
		u.t.Errorf("%s: no message is like %s", p.Fset.Position(e.Pos()), form)
	}
}

func pattern(in *types.Info, e ast.Expr) string {
	e = ast.Unparen(e)
	if v := in.Types[e].Value; v != nil && v.Kind() == constant.String {
		return regexp.QuoteMeta(constant.StringVal(v))
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return pattern(in, sum.X) + pattern(in, sum.Y)
	}
	return ".+"
}

// call compares the arguments after a key with those its message names.
func (u *uses) call(p *packages.Package, call *ast.CallExpr) {
	sig, ok := p.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok || !sig.Variadic() || call.Ellipsis.IsValid() {
		return
	}
	last := sig.Params().Len() - 1
	if last < 1 || !isKey(sig.Params().At(last-1).Type()) || sig.Params().At(last).Type().String() != "[]any" {
		return
	}
	tv := p.TypesInfo.Types[call.Args[last-1]]
	if tv.Value == nil {
		return
	}
	key := Key(constant.StringVal(tv.Value))
	m, ok := u.all[key]
	if !ok {
		return // told above
	}
	// A room's own function may add arguments of its own; these take what they are given.
	strict := false
	if f := typeutil.Callee(p.TypesInfo, call); f != nil && f.Pkg() != nil {
		strict = f.Pkg().Name() == "text" || f.Pkg().Name() == "fault" || f.Name() == "say" || f.Name() == "t"
	}
	if want, got := len(verbs(u.t, key, m.EN)), len(call.Args)-last; got > want || strict && got < want {
		u.t.Errorf("%s: %s takes %d arguments and gets %d", p.Fset.Position(call.Pos()), key, want, got)
	}
}

// templates notes the keys of HTML templates, written t "report.…", which no type tells.
func (u *uses) templates() {
	quoted := regexp.MustCompile(`"([a-z_]+(?:\.[a-z0-9_]+)+)"`)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".tmpl" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			if _, ok := u.all[Key(m[1])]; !ok {
				u.t.Errorf("%s: %s has no message", path, m[1])
			}
			u.used[Key(m[1])] = true
		}
		return nil
	})
	if err != nil {
		u.t.Fatal(err)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		want string
	}{{EN, `there is no connection "gongan"`}, {ZH, `没有名为 "gongan" 的连接`}} {
		if got := Format(c.lang, "command.no_connection", "gongan"); got != c.want {
			t.Errorf("%s: %s", c.lang, got)
		}
	}
	if got := Format(ZH, "no.such_key", 7); got != "no.such_key 7" {
		t.Errorf("an unknown key is %q: nothing may be lost", got)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		flag, project, all, lang string
		want                     Lang
	}{
		{"en", "zh", "zh_CN.UTF-8", "zh_CN.UTF-8", EN},
		{"", "zh", "en_GB.UTF-8", "en_GB.UTF-8", ZH},
		{"", "", "C", "zh_CN.UTF-8", EN},
		{"", "", "", "zh_CN.GB18030", ZH},
		{"", "", "", "POSIX", EN},
		{"", "", "", "de_DE.UTF-8", ZH},
		{"", "", "", "", ZH},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LANG", c.lang)
		if got := Detect(c.flag, c.project); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
