package ui

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/app"
	"blindspot/core/photo"
	"blindspot/core/say"
)

// parsed is a file with its package's folder.
type parsed struct {
	folder string
	file   *ast.File
}

// parsedBelow parses all files in folders and those in them, tests left out.
func parsedBelow(t *testing.T, set *token.FileSet, folders ...string) []parsed {
	t.Helper()
	var list []parsed
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(set, path, nil, 0)
			list = append(list, parsed{filepath.Dir(path), f})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// formatPlaces says which argument of a function of package say is a format that catalogues know.
var formatPlaces = map[string]int{"Textf": 0, "Errorf": 0, "Count": 2}

// relays finds the functions of a package that hand a format on to package say: those in whose parameters it stands by the
// name of format. It returns the place that it has there.
func relays(files []parsed) map[string]map[string]int {
	places := map[string]map[string]int{}
	for _, p := range files {
		for _, d := range p.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || filepath.Base(p.folder) == "say" {
				continue
			}
			at := 0
			for _, field := range f.Type.Params.List {
				for _, name := range field.Names {
					if name.Name == "format" && says(f.Body) {
						if places[p.folder] == nil {
							places[p.folder] = map[string]int{}
						}
						places[p.folder][f.Name.Name] = at
					}
					at++
				}
			}
		}
	}
	return places
}

// says reports whether a function calls package say with its own format.
func says(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			pkg, name := called(c)
			place, known := formatPlaces[name]
			found = found || pkg == "say" && known && isFormat(c.Args[place])
		}
		return true
	})
	return found
}

// isFormat reports whether an argument is a relay's own format.
func isFormat(e ast.Expr) bool {
	i, ok := e.(*ast.Ident)
	return ok && i.Name == "format"
}

// formatsInUse lists the formats of the texts and errors that app and core hand to the window, and which of them are counted.
func formatsInUse(t *testing.T) map[string]bool {
	t.Helper()
	set := token.NewFileSet()
	files := parsedBelow(t, set, filepath.Join("..", "app"), filepath.Join("..", "core"))
	places := relays(files)
	formats := map[string]bool{}
	for _, p := range files {
		if filepath.Base(p.folder) == "say" {
			continue
		}
		ast.Inspect(p.file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			pkg, name := called(c)
			place, known := formatPlaces[name]
			if pkg != "say" {
				place, known = places[p.folder][name]
			}
			if !known || len(c.Args) <= place || isFormat(c.Args[place]) {
				return true
			}
			format, ok := literal(c.Args[place])
			if !ok {
				t.Errorf("%v: a format must be a literal, or no catalogue can be checked", set.Position(c.Pos()))
			}
			if say.HasWords(format) {
				formats[format] = pkg == "say" && name == "Count"
			}
			return true
		})
	}
	for _, format := range say.SystemFormats() {
		formats[format] = false
	}
	if len(formats) < 200 {
		t.Fatalf("only %d formats were found", len(formats))
	}
	return formats
}

// TestFormatsKeepTheirValues: a translation takes the values that its format is given.
func TestFormatsKeepTheirValues(t *testing.T) {
	for format, counted := range formatsInUse(t) {
		values := valuesFor(format)
		for _, code := range app.Languages() {
			for number, text := range catalogue(t, code)[format] {
				said := fmt.Sprintf(strings.NewReplacer("%w", "%v", "]w", "]v").Replace(text), values...)
				if strings.Contains(said, "%!") || counted && len(values) != 1 {
					t.Errorf("%s: %q for %s, in place of %q, says %q", code, text, number, format, said)
				}
			}
		}
	}
}

// valuesFor makes a value for each verb of a format.
func valuesFor(format string) []any {
	var values []any
	verb := false
	for _, r := range format {
		switch {
		case r == '%':
			verb = !verb
		case !verb:
		case strings.ContainsRune("dx", r):
			values, verb = append(values, 1), false
		case strings.ContainsRune("efg", r):
			values, verb = append(values, 1.5), false
		case strings.ContainsRune("svqw", r):
			values, verb = append(values, "x"), false
		}
	}
	return values
}

// commandLine are the files of app whose words only the command line says, in English.
var commandLine = []string{"batch_output.go", "bench.go", "denoise_batch.go", "evaluate.go", "inspect.go", "sheet.go", "usage.go"}

// TestErrorsCanBeTranslated: errors of app are made by package say, unless only the command line tells them.
func TestErrorsCanBeTranslated(t *testing.T) {
	set := token.NewFileSet()
	for _, p := range parsedBelow(t, set, filepath.Join("..", "app")) {
		ast.Inspect(p.file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			pkg, name := called(c)
			at := set.Position(c.Pos())
			if (pkg == "fmt" && name == "Errorf" || pkg == "errors" && name == "New") && !slices.Contains(commandLine, filepath.Base(at.Filename)) {
				t.Errorf("%v: use say.Errorf, or the error cannot be translated", at)
			}
			return true
		})
	}
}

// TestSaidInGerman sees what the window makes of texts and errors in German. Fyne decides for a language once in a process, so
// that this is one of its own, this test again.
func TestSaidInGerman(t *testing.T) {
	const again = "BLINDSPOT_TEST_GERMAN"
	if os.Getenv(again) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestSaidInGerman$")
		c.Env = append(os.Environ(), again+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if err := useLanguage(os.DirFS("../assets"), "de"); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.jpg")
	if err := os.WriteFile(damaged, []byte("\xff\xd8\xff\xe0"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, unreadable := photo.Open(t.Context(), damaged)
	_, missing := photo.Open(t.Context(), "none.jpg")
	photos := func(n int) app.Text { return say.Count(n, "%d photo", "%d photos") }
	for _, test := range []struct{ got, want string }{
		{sentence(unreadable), damaged + " lässt sich nicht öffnen: Die Datei endet zu früh."},
		{sentence(missing), "none.jpg lässt sich nicht öffnen: Datei oder Ordner nicht gefunden."},
		{sentence(app.CheckModelName("")), "Das Modell braucht einen Namen."},
		{sentence(errors.New("somebody else's words")), "Somebody else's words."},
		{said(photos(1)), "1 Foto"},
		{
			said(say.Textf("There is little to learn from: %v with %.1f megapixels. Ten or more would be better.", photos(3), 1.5)),
			"Es gibt wenig, woraus zu lernen wäre: 3 Fotos mit 1,5 Megapixeln. Zehn oder mehr wären besser.",
		},
	} {
		if test.got != test.want {
			t.Errorf("it says %q, want %q", test.got, test.want)
		}
	}
}
