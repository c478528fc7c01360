package app

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/say"
)

// Library is the collection of models: those that come with the program and those that the user has trained or
// imported. A model of the user hides a bundled one of the same name.
type Library struct {
	bundled fs.FS
	data    string // the user's data directory of this program
}

// BundledModels is the folder of the program's assets in which its models lie.
const BundledModels = "models"

// firstBundled is the name of the bundled model that a new user starts with.
const firstBundled = "bundled"

const modelEnding = ".safetensors"

// Scratch stands in place of a model's name for training without one.
const Scratch = "scratch"

// ErrUnknownModel is wrapped by the error for a name that no model has.
var ErrUnknownModel = say.Errorf("there is no such model")

// OpenLibrary opens the library of the current user. assets are those of the program; nil has none.
func OpenLibrary(assets fs.FS) (*Library, error) {
	data, err := dataFolder()
	if err != nil {
		return nil, say.Errorf("find the folder for models: %w", err)
	}
	return NewLibrary(assets, data), nil
}

// NewLibrary opens a library whose user models and trainings lie in the folder data, which need not exist yet.
func NewLibrary(assets fs.FS, data string) *Library { return &Library{bundled: assets, data: data} }

// dataFolder is where the user's data belongs: $XDG_DATA_HOME/blindspot, or what the system has in its place.
func dataFolder() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "blindspot"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "blindspot"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "blindspot"), nil
	}
	return filepath.Join(home, ".local", "share", "blindspot"), nil
}

// Models lists all models, the bundled ones first, each kind by name. A file that cannot be used is listed with its
// problem.
func (l *Library) Models() []ModelInfo {
	var list []ModelInfo
	own := l.userModels()
	for _, name := range l.bundledModels() {
		if !slices.Contains(own, name) {
			list = append(list, l.describe(name, true))
		}
	}
	for _, name := range own {
		list = append(list, l.describe(name, false))
	}
	return list
}

// bundledModels lists the names of the program's models, the one to start with first.
func (l *Library) bundledModels() []string {
	if l.bundled == nil {
		return nil
	}
	entries, err := fs.ReadDir(l.bundled, BundledModels)
	if err != nil {
		return nil // a build without models has no such folder
	}
	names := modelNames(entries)
	if i := slices.Index(names, firstBundled); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, firstBundled)
	}
	return names
}

// userModels lists the names of the user's models. A folder that is not there or cannot be read has none.
func (l *Library) userModels() []string {
	entries, err := os.ReadDir(filepath.Join(l.data, "models"))
	if err != nil {
		return nil
	}
	return modelNames(entries)
}

func modelNames(entries []fs.DirEntry) []string {
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), modelEnding)
		if ok && !e.IsDir() && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return names
}

// Model is a model in memory.
type Model struct {
	Name  string
	model *bsn.Model
}

// HasFast reports whether the model has the fast network.
func (m *Model) HasFast() bool { return m.model.Student != nil }

// Find loads the model that has a name or lies at a path. An empty name is the library's first model. The error wraps
// ErrUnknownModel, and then lists the names there are, if there is nothing of that name.
func (l *Library) Find(name string) (*Model, error) {
	if name == "" {
		return l.first()
	}
	if slices.Contains(l.userModels(), name) || slices.Contains(l.bundledModels(), name) {
		m, err := l.load(name)
		if err != nil {
			return nil, err
		}
		return &Model{name, m}, nil
	}
	if _, err := os.Stat(name); err != nil {
		return nil, say.Errorf("%w as %q: %v", ErrUnknownModel, name, l.choices())
	}
	m, err := bsn.OpenModel(name)
	if err != nil {
		return nil, err
	}
	return &Model{strings.TrimSuffix(filepath.Base(name), modelEnding), m}, nil
}

// first is the model to use when none is named: a bundled one, or else the user's newest.
func (l *Library) first() (*Model, error) {
	if names := l.bundledModels(); len(names) > 0 {
		return l.Find(names[0])
	}
	names := l.userModels()
	if len(names) == 0 {
		return nil, say.Errorf("%w: %v", ErrUnknownModel, l.choices())
	}
	newest := slices.MaxFunc(names, func(a, b string) int { return l.modified(a).Compare(l.modified(b)) })
	return l.Find(newest)
}

func (l *Library) modified(name string) time.Time {
	stat, err := os.Stat(l.ModelPath(name))
	if err != nil {
		return time.Time{}
	}
	return stat.ModTime()
}

// choices lists the models in half a sentence.
func (l *Library) choices() Text {
	names := slices.Concat(l.bundledModels(), l.userModels())
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return say.Textf("no model is installed, so train one on a folder of your photos first or name a model file")
	}
	return say.Textf("choose %s or name a model file", strings.Join(names, ", "))
}

// load reads a model of the library by its name.
func (l *Library) load(name string) (m *bsn.Model, err error) {
	switch {
	case slices.Contains(l.userModels(), name):
		m, err = bsn.OpenModel(l.ModelPath(name))
	case slices.Contains(l.bundledModels(), name):
		m, err = readBundled(l, name, bsn.ReadModel)
	default: // it was there when the list was made
		err = say.Errorf("%w as %q any more", ErrUnknownModel, name)
	}
	if err != nil {
		return nil, err
	}
	m.Info.Name = name // the library goes by the names of the files
	return m, nil
}

// readBundled reads a model that comes with the program.
func readBundled[T any](l *Library, name string, read func(r io.ReaderAt, size int64) (T, error)) (value T, err error) {
	data, err := fs.ReadFile(l.bundled, path.Join(BundledModels, name+modelEnding))
	if err == nil {
		value, err = read(bytes.NewReader(data), int64(len(data)))
	}
	if err != nil {
		return value, say.Errorf("bundled model %s: %w", name, err)
	}
	return value, nil
}

// ModelPath is where the user's model of a name lies.
func (l *Library) ModelPath(name string) string {
	return filepath.Join(l.data, "models", name+modelEnding)
}

// TrainingFolder is where the checkpoint of a training lies, so that it can be resumed by its name.
func (l *Library) TrainingFolder(name string) string { return filepath.Join(l.data, "training", name) }

// forbidden are the characters that names of files cannot have on some system.
const forbidden = `/\:*?"<>|`

// CheckModelName says in one sentence why a model cannot have a name, if it cannot.
func CheckModelName(name string) error {
	switch {
	case name == "":
		return say.Errorf("the model needs a name")
	case name == Scratch:
		return say.Errorf("a model cannot be called %q: that word stands for training without one", name)
	case len(name) > 100:
		return say.Errorf("the model's name is longer than 100 letters")
	case strings.HasPrefix(name, ".") || strings.TrimSpace(name) != name || strings.HasSuffix(name, modelEnding):
		return say.Errorf("the model's name %q must not begin with a dot, begin or end with a space or end in %s", name, modelEnding)
	case strings.ContainsFunc(name, unsafe):
		return say.Errorf("the model's name %q holds a character that file names cannot have", name)
	}
	return nil
}
