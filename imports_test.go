// Package blindspot_test checks the plan of the house: which package may import
// which. ARCHITECTURE.md tells why.
package blindspot_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "blindspot/"
	fyne   = "fyne.io/fyne/v2"
)

// mayImport lists for each package what it may import of this module. A folder
// stands for everything in it.
var mayImport = map[string][]string{
	"assets":            {},
	"cmd/blindspot":     {"ui", "app", "assets"},
	"cmd/blindspot-cli": {"app", "assets"},
	"ui":                {"app", "ui"},
	"app":               {"app", "core"},
	"core/say":          {},
	"core/kernel":       {},
	"core/pixel":        {},
	"core/bsn":          {"core/kernel", "core/bsn", "core/say"},
	"core/colour":       {"core/pixel", "core/say"},
	"core/photo":        {"core/pixel", "core/colour", "core/photo", "core/say"},
	"core/metric":       {"core/pixel", "core/colour"},
	"core/noise":        {"core/pixel", "core/colour"},
	"core/camera":       {"core/pixel", "core/colour"},
	"core/denoise":      {"core/bsn", "core/kernel", "core/pixel", "core/colour", "core/noise", "core/say"},
	"core/train":        {"core/bsn", "core/kernel", "core/pixel", "core/colour", "core/photo", "core/noise", "core/say"},
}

func TestImports(t *testing.T) {
	imports := readImports(t)
	for folder, all := range imports {
		allowed, known := mayImport[folder]
		for place, list := range mayImport { // a package inside a known one keeps its rules
			if strings.HasPrefix(folder, place+"/") {
				allowed, known = list, true
			}
		}
		if !known && !strings.HasPrefix(folder, "tools/") {
			t.Errorf("package %s is not in the plan: say in imports_test.go what it may import", folder)
		}
		for _, path := range all {
			own, inside := strings.CutPrefix(path, module)
			if inside && known && !contains(allowed, own) {
				t.Errorf("%s must not import %s", folder, own)
			}
			if isFyne(path) && folder != "ui" && !strings.HasPrefix(folder, "ui/") && folder != "cmd/blindspot" {
				t.Errorf("%s must not import Fyne", folder)
			}
			if path == fyne+"/app" && folder != "cmd/blindspot" {
				t.Errorf("%s must not import %s: only cmd/blindspot starts Fyne", folder, path)
			}
		}
	}
}

// TestCommandLineIsFreeOfFyne follows the imports of the command line as far as
// they go: it must build on machines without OpenGL and X11.
func TestCommandLineIsFreeOfFyne(t *testing.T) {
	imports := readImports(t)
	if len(imports["cmd/blindspot-cli"]) == 0 {
		t.Fatal("cmd/blindspot-cli is missing")
	}
	seen := map[string]bool{}
	var follow func(folder, chain string)
	follow = func(folder, chain string) {
		if seen[folder] {
			return
		}
		seen[folder] = true
		for _, path := range imports[folder] {
			if isFyne(path) || strings.HasPrefix(path, "github.com/go-gl/") {
				t.Errorf("%s imports %s", chain, path)
			}
			if own, inside := strings.CutPrefix(path, module); inside {
				follow(own, chain+" → "+own)
			}
		}
	}
	follow("cmd/blindspot-cli", "cmd/blindspot-cli")
}

func isFyne(path string) bool { return path == fyne || strings.HasPrefix(path, "fyne.io/") }

// contains reports whether folder is one of the places or lies in one.
func contains(places []string, folder string) bool {
	for _, p := range places {
		if folder == p || strings.HasPrefix(folder, p+"/") {
			return true
		}
	}
	return false
}

// readImports returns the imports of each folder's Go files, tests left out:
// these may reach for what they need.
func readImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (name == "testdata" || name == "bin" || name == "build" || strings.HasPrefix(name, ".")):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[folder] = append(imports[folder], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
