package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"blindspot/app"
)

// sources parses the files of this package, tests left out.
func sources(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// called is the package and the name of a function that is called, "" for what is called otherwise.
func called(c *ast.CallExpr) (pkg, name string) {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			pkg = x.Name
		}
		return pkg, f.Sel.Name
	}
	return "", ""
}

// literal is the text of a string literal, or of some that are added up.
func literal(e ast.Expr) (string, bool) {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		left, known := literal(sum.X)
		right, too := literal(sum.Y)
		return left + right, known && too
	}
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		text, err := strconv.Unquote(l.Value)
		return text, err == nil
	}
	return "", false
}

// keysInUse lists what the window has translated, and which of it is counted: what it says itself, and the formats of the texts
// that it is given.
func keysInUse(t *testing.T) map[string]bool {
	t.Helper()
	set, files := sources(t)
	keys := formatsInUse(t)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			pkg, name := called(c)
			if pkg != "lang" || !slices.Contains([]string{"L", "N", "X", "XN"}, name) {
				return true
			}
			key, ok := literal(c.Args[0])
			if !ok && isFormat(c.Args[0]) {
				return true // of a text
			}
			if !ok {
				t.Errorf("%v: what is translated must be a literal, or no catalogue can be checked", set.Position(c.Pos()))
			}
			keys[key] = name == "N" || name == "XN"
			return true
		})
	}
	if len(keys) < 100 {
		t.Fatalf("only %d texts were found", len(keys))
	}
	return keys
}

// forms are a text's translations by the number that they are for; "other" alone where nothing is counted.
type forms map[string]string

// UnmarshalJSON reads a text, or one for each number.
func (f *forms) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*f = forms{"other": text}
		return nil
	}
	var all map[string]string
	err := json.Unmarshal(data, &all)
	*f = all
	return err
}

func catalogue(t *testing.T, code string) map[string]forms {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "assets", translationsFolder, code+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]forms
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return c
}

// TestCatalogues: each language says everything that the window says, and nothing else, with the same values in it.
func TestCatalogues(t *testing.T) {
	keys := keysInUse(t)
	marks := []string{"decimal point", "thousands separator"}
	value := regexp.MustCompile(`{{\.\w+}}`)
	values := func(text string) string {
		list := value.FindAllString(text, -1)
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	for _, code := range app.Languages() {
		texts := catalogue(t, code)
		for key, counted := range keys {
			all, ok := texts[key]
			if !ok {
				t.Errorf("%s lacks %q", code, key)
				continue
			}
			if (all["one"] != "") != counted {
				t.Errorf("%s: %q is counted: %v, has a form for one: %v", code, key, counted, all["one"] != "")
			}
			for number, text := range all {
				if text == "" || strings.TrimSpace(text) != text {
					t.Errorf("%s: %q for %s is %q", code, key, number, text)
				}
				if strings.Contains(key, "{{") && values(text) != values(key) {
					t.Errorf("%s: %q has the values of %q", code, text, values(key))
				}
				if code == "en" && number == "other" && strings.Contains(key, " ") && !slices.Contains(marks, key) && text != key {
					t.Errorf("the English of %q is %q", key, text)
				}
			}
		}
		for key := range texts {
			if _, ok := keys[key]; !ok {
				t.Errorf("%s: nobody says %q any more", code, key)
			}
		}
		if languageName(code) == languageName("") {
			t.Errorf("the language %s has no name", code)
		}
	}
}

// whereTextIsShown are functions whose first argument is read by the user.
var whereTextIsShown = []string{
	"NewLabel", "NewLabelWithStyle", "NewButton", "NewButtonWithIcon", "NewCheck", "NewText", "NewMenu", "NewMenuItem", "NewConfirm", "NewCustom",
	"NewInformation", "NewCard", "NewAccordionItem", "NewTabItem", "NewHyperlink", "NewSelect", "NewRadioGroup", "SetText", "SetPlaceHolder", "SetConfirmText", "SetDismissText",
	"quiet", "hint", "heading", "field", "button", "check", "line", "label", "word", "item", "askFile", "askFolder", "askSave",
}

// TestNothingIsSaidInOneLanguageOnly looks for texts that were not handed to the catalogues.
func TestNothingIsSaidInOneLanguageOnly(t *testing.T) {
	set, files := sources(t)
	same := []string{"Blindspot", "Blindspot ", "100 %", "200 %", "400 %"} // in every language
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			if _, name := called(c); !slices.Contains(whereTextIsShown, name) {
				return true
			}
			for _, a := range c.Args {
				text, ok := literal(a)
				if ok && strings.ContainsFunc(text, unicode.IsLetter) && !slices.Contains(same, text) {
					t.Errorf("%v: %q is not translated: use lang.L", set.Position(c.Pos()), text)
				}
			}
			return true
		})
	}
}
