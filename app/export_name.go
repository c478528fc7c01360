package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// defaultName is the name of exports as long as the user has not chosen another.
const defaultName = "{name}-denoised"

// longestName bounds the expanded name in bytes: file systems take 255, and a number and an ending may follow.
const longestName = 200

// ExportFields lists the fields that the name of an export may hold in braces: the photo's name without its ending, model, mode,
// hole (of Tunable), ISO, camera, the date when it was taken, and the photo's number in its order.
func ExportFields() []string {
	return []string{"name", "model", "mode", "hole", "iso", "camera", "date", "number"}
}

// CheckExportName says in one sentence what is wrong with the name of an export, if something is.
func CheckExportName(name string) error {
	_, err := expandName(name, nil)
	return err
}

// expandName puts values into the fields of a name. A field without a value takes a dash, an underline or a space beside it away.
func expandName(name string, values map[string]string) (string, error) {
	switch {
	case strings.TrimSpace(name) == "":
		return "", say.Errorf("the export needs a file name")
	case strings.HasPrefix(name, "."):
		return "", say.Errorf("the file name must not begin with a dot")
	case len(name) > longestName:
		return "", say.Errorf("the file name is longer than %d letters", longestName)
	case strings.ContainsFunc(name, unsafe):
		return "", say.Errorf(`the file name holds a character that file names cannot have, one of / \ : * ? " < > |`)
	}
	const separators = "-_ "
	out, rest, swallow := "", name, false
	for rest != "" {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return "", say.Errorf("the file name has a } without a { before it")
		}
		if swallow && before != "" && strings.ContainsRune(separators, rune(before[0])) {
			before = before[1:]
		}
		out += before
		if !found {
			break
		}
		field, then, closed := strings.Cut(after, "}")
		switch {
		case !closed:
			return "", say.Errorf("the file name has a { without a } after it")
		case !slices.Contains(ExportFields(), field):
			return "", say.Errorf("there is no field {%s}: use {%s}", field, strings.Join(ExportFields(), "}, {"))
		}
		value := strings.TrimSpace(strings.Map(fileSafe, values[field]))
		swallow = value == "" && strings.TrimRight(out, separators) == out
		if value == "" && !swallow {
			out = out[:len(out)-1]
		}
		out, rest = out+value, then
	}
	for len(out) > longestName {
		_, size := utf8.DecodeLastRuneInString(out)
		out = out[:len(out)-size]
	}
	if out = strings.Trim(out, ". "); out == "" {
		out = "photo"
	}
	return out, nil
}

// unsafe reports whether some file system does not take a character.
func unsafe(r rune) bool { return strings.ContainsRune(forbidden, r) || unicode.IsControl(r) }

func fileSafe(r rune) rune {
	if unsafe(r) {
		return '-'
	}
	return r
}

// exportFacts is what the fields of a name are filled with.
type exportFacts struct {
	photo         string // its path
	model         string
	settings      Settings
	meta          photo.Metadata
	number, total int
}

func (f exportFacts) values() map[string]string {
	v := map[string]string{
		"name": strings.TrimSuffix(filepath.Base(f.photo), filepath.Ext(f.photo)), "model": f.model, "mode": f.settings.Mode.String(),
		"camera": f.meta.Camera, "number": fmt.Sprintf("%0*d", len(strconv.Itoa(f.total)), f.number),
	}
	if f.settings.Mode == Tunable {
		v["hole"] = f.settings.Hole.String()
	}
	if f.meta.ISO > 0 {
		v["iso"] = strconv.Itoa(f.meta.ISO)
	}
	taken := f.meta.Taken
	if stat, err := os.Stat(f.photo); err == nil && taken.IsZero() {
		taken = stat.ModTime()
	}
	if !taken.IsZero() {
		v["date"] = taken.Format(time.DateOnly)
	}
	return v
}

// path is where a photo of an order goes if n-1 names before it were taken.
func (o *exportOrder) path(f exportFacts, folder string, n int) (string, error) {
	name, err := expandName(o.Name, f.values())
	if err != nil {
		return "", err
	}
	if n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return filepath.Join(folder, name+endingOf(o.Format)), nil
}

// free reports whether a result may be saved at a path.
func (o *exportOrder) free(path string) bool {
	stat, err := os.Stat(path)
	if err != nil {
		return !exists(path) // a link to nowhere is there as well
	}
	if !o.Replace || o.written[path] || stat.IsDir() {
		return false
	}
	return !slices.ContainsFunc(o.Photos, func(source string) bool { return sameFile(path, source) })
}

// sameFile reports whether two paths lead to the same file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// ExportExample is where the first photo of an order, or the open one if it is among them, would go now. replaces tells
// that there is a file that would be lost.
func (s *Session) ExportExample(o ExportOrder) (path string, replaces bool, err error) {
	if len(o.Photos) == 0 {
		return "", false, say.Errorf("there is no photo to export")
	}
	f := exportFacts{photo: o.Photos[0], number: 1, total: len(o.Photos), model: s.modelName()}
	if s.photo != nil {
		if at := slices.Index(o.Photos, s.photo.Path); at >= 0 {
			f.photo, f.meta, f.number = s.photo.Path, s.photo.Meta, at+1
		}
	}
	f.settings = s.settings
	switch o.Settings {
	case OwnForEach:
		f.settings, _ = s.settingsOf(f.photo)
	case SuggestForEach:
		if suggested, ok := s.Suggested(); ok {
			f.settings = suggested
		}
	}
	folder := o.Folder
	if folder == "" {
		folder = s.folderFor(f.photo)
	}
	order := &exportOrder{ExportOrder: o}
	for n := 1; ; n++ {
		if path, err = order.path(f, folder, n); err != nil || order.free(path) {
			return path, err == nil && exists(path), err
		}
	}
}
