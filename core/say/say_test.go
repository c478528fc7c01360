package say

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// german is a language of a few formats.
var german = Language{
	Format: func(format string) string {
		known := map[string]string{
			"open %s: %w":               "%s lässt sich nicht öffnen: %w",
			"the file is damaged":       "Die Datei ist beschädigt",
			"%w: step %d of %d":         "%w: von %[3]d Schritten der %[2]d.",
			"%v with %.1f megapixels":   "%v mit %.1f Megapixeln",
			"permission denied":         "Die Berechtigung fehlt",
			"no such file or directory": "Nicht gefunden",
		}
		if text, ok := known[format]; ok {
			return text
		}
		return format
	},
	Count: func(format string, n int) string {
		if n == 1 {
			return "%d Foto"
		}
		return "%d Fotos"
	},
	Point: ",",
}

var errDamaged = Errorf("the file is damaged")

// foreign is an error of another package that wraps two, one of which has its words.
type foreign struct{ kind, says error }

func (f foreign) Error() string   { return f.says.Error() }
func (f foreign) Unwrap() []error { return []error{f.kind, f.says} }

func TestErrors(t *testing.T) {
	_, missing := os.Open(filepath.Join(t.TempDir(), "none"))
	var path *fs.PathError
	if !errors.As(missing, &path) {
		t.Fatal(missing)
	}
	for _, test := range []struct {
		err           error
		english, said string
	}{
		{Errorf("open %s: %w", "a.jpg", errDamaged), "open a.jpg: the file is damaged", "a.jpg lässt sich nicht öffnen: Die Datei ist beschädigt"},
		{Errorf("%w: step %d of %d", errDamaged, 3, 4), "the file is damaged: step 3 of 4", "Die Datei ist beschädigt: von 4 Schritten der 3."},
		{Errorf("%w: %v", errDamaged, 100), "the file is damaged: 100", "Die Datei ist beschädigt: 100"},
		{fmt.Errorf("while reading: %w", errDamaged), "while reading: the file is damaged", "while reading: Die Datei ist beschädigt"},
		{errors.Join(errDamaged, errors.New("other")), "the file is damaged\nother", "Die Datei ist beschädigt\nother"},
		{foreign{errors.New("damaged"), errDamaged}, "the file is damaged", "Die Datei ist beschädigt"},
		{Errorf("open %s: %w", "a", syscall.EACCES), "open a: permission denied", "a lässt sich nicht öffnen: Die Berechtigung fehlt"},
		{missing, missing.Error(), "open " + path.Path + ": Nicht gefunden"},
		{errors.New("the file is damaged"), "the file is damaged", "the file is damaged"},
	} {
		if got := test.err.Error(); got != test.english {
			t.Errorf("%q is %q in English", test.english, got)
		}
		if got := Textf("%v", test.err).In(german); got != test.said {
			t.Errorf("%q becomes %q, want %q", test.english, got, test.said)
		}
	}
	if err := Errorf("open %s: %w", "a", errDamaged); !errors.Is(err, errDamaged) || errors.Is(err, Errorf("the file is damaged")) {
		t.Error("an error is not what it wraps, or another of the same words")
	}
}

func TestTexts(t *testing.T) {
	counted := func(n int) Text { return Count(n, "%d photo", "%d photos") }
	for _, test := range []struct {
		text          Text
		english, said string
	}{
		{Textf("%v with %.1f megapixels", counted(1), 24.0), "1 photo with 24.0 megapixels", "1 Foto mit 24,0 Megapixeln"},
		{Textf("%v with %.1f megapixels", counted(12), 1.25), "12 photos with 1.2 megapixels", "12 Fotos mit 1,2 Megapixeln"},
		{Join([]Text{counted(2), counted(1)}, "; "), "2 photos; 1 photo", "2 Fotos; 1 Foto"},
		{Sentence(errDamaged), "The file is damaged.", "Die Datei ist beschädigt."},
		{Sentence(Join([]Text{Textf("the file is damaged")}, "")), "The file is damaged.", "Die Datei ist beschädigt."},
		{Sentence(Errorf("open %s: %w", "a.jpg", errDamaged)), "Open a.jpg: the file is damaged.", "a.jpg lässt sich nicht öffnen: Die Datei ist beschädigt."},
		{Textf("100 %%"), "100 %", "100 %"},
		{Text{}, "", ""},
		{Join(nil, " "), "", ""},
	} {
		if got := test.text.String(); got != test.english || test.text.In(Language{}) != got || test.text.Empty() != (got == "") {
			t.Errorf("%q is %q in English, %q in the language of no words", test.english, got, test.text.In(Language{}))
		}
		if got := test.text.In(german); got != test.said {
			t.Errorf("%q becomes %q, want %q", test.english, got, test.said)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]string{
		"the file is damaged":               "The file is damaged.",
		"open a.jpg: no such file":          "Open a.jpg: no such file.",
		"two lines\nof them":                "Two lines.",
		"blindspot-cli is one word. Done!":  "Blindspot-cli is one word. Done!",
		"photo_1.png is empty":              "photo_1.png is empty.",
		strings.Repeat("élan ", 2) + "stop": "Élan élan stop.",
	} {
		if got := Sentence(errors.New(text)).String(); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	type document struct {
		Notes   []Text `json:"notes"`
		Problem Text   `json:"problem,omitzero"`
	}
	out, err := json.Marshal(document{Notes: []Text{Textf("the file is %s", "damaged")}})
	if err != nil || string(out) != `{"notes":["the file is damaged"]}` {
		t.Errorf("%s, %v", out, err)
	}
	var read document
	if err := json.Unmarshal(out, &read); err != nil || read.Notes[0].In(german) != "the file is damaged" || !read.Problem.Empty() {
		t.Errorf("read as %+v, %v", read, err)
	}
}

func TestHasWords(t *testing.T) {
	for format, want := range map[string]bool{
		"%w: %s": false, "%-5d, %.40q (%[2]v)": false, "%d × %d": false, "100 %%": false, "%%d": true, "%s files": true, "ISO %d": true, "": false,
	} {
		if HasWords(format) != want {
			t.Errorf("%q: %v", format, !want)
		}
	}
}
