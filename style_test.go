package guiji_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A package comment says what the package is for, and who may import it where the
// tables of layers_test.go leave that open: internal's packages are everyone's.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	who := regexp.MustCompile(`(?i)import`)
	for _, p := range layout(t) {
		if len(p.GoFiles) == 0 { // tests alone
			continue
		}
		var comment string
		for _, f := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			comment += file.Doc.Text()
		}
		switch {
		case strings.TrimSpace(comment) == "":
			t.Errorf("%s has no package comment", p.ImportPath)
		case !who.MatchString(comment) && !strings.HasPrefix(comment, "Command ") && !tabled(p.ImportPath):
			t.Errorf("%s does not say who may import it", p.ImportPath)
		}
	}
}

func tabled(path string) bool {
	return strings.HasPrefix(path, "guiji/internal/") || slices.ContainsFunc(only, func(o struct{ imported, by string }) bool { return o.imported == path })
}

// What a package holds at its top is a constant in all but name: nothing writes it
// after its declaration, and no init works behind the reader's back.
func TestNoStateAtPackageLevel(t *testing.T) {
	list, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		w := &written{t: t, p: p}
		for _, f := range p.Syntax {
			ast.Inspect(f, w.visit)
		}
	}
}

// written finds what changes a package's variables.
type written struct {
	t *testing.T
	p *packages.Package
}

func (w *written) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name == "init" && n.Recv == nil {
			w.t.Errorf("%s: func init", w.p.Fset.Position(n.Pos()))
		}
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			w.check(e)
		}
	case *ast.IncDecStmt:
		w.check(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			w.check(n.X)
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "delete" || f.Name == "clear") && w.p.TypesInfo.Uses[f].Parent() == types.Universe {
			w.check(n.Args[0])
		}
	case *ast.ValueSpec:
		w.declared(n)
	}
	return true
}

// check refuses a write to a variable of a package, or to what hangs on one.
func (w *written) check(e ast.Expr) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if v := packageVar(w.p.TypesInfo.Uses[x.Sel]); v != nil {
				w.t.Errorf("%s: writes %s, a variable of a package", w.p.Fset.Position(x.Pos()), v.Name())
				return
			}
			e = x.X
		case *ast.Ident:
			if v := packageVar(w.p.TypesInfo.Uses[x]); v != nil {
				w.t.Errorf("%s: writes %s, a variable of a package", w.p.Fset.Position(x.Pos()), v.Name())
			}
			return
		default:
			return
		}
	}
}

// declared refuses what is there only to be changed.
func (w *written) declared(n *ast.ValueSpec) {
	for _, name := range n.Names {
		v := packageVar(w.p.TypesInfo.Defs[name])
		if v == nil {
			continue
		}
		s := v.Type().String()
		if strings.HasPrefix(s, "chan ") || strings.HasPrefix(s, "sync/atomic.") || regexp.MustCompile(`^\*?sync\.(Mutex|RWMutex|Map|Pool|Once|WaitGroup)$`).MatchString(s) {
			w.t.Errorf("%s: %s is state of a package", w.p.Fset.Position(name.Pos()), name.Name)
		}
	}
}

func packageVar(o types.Object) *types.Var {
	v, ok := o.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() || !strings.HasPrefix(v.Pkg().Path(), "guiji") {
		return nil
	}
	return v
}
