//go:build linux || freebsd || openbsd || netbsd

package ui

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"
)

// TestLanguageIsChosen sees what the window says in different environments. Fyne decides once in a process, so each is a process
// of its own, this test again.
func TestLanguageIsChosen(t *testing.T) {
	const choice = "BLINDSPOT_TEST_LANGUAGE"
	if code, ok := os.LookupEnv(choice); ok {
		if err := useLanguage(os.DirFS("../assets"), code); err != nil {
			t.Fatal(err)
		}
		fmt.Println("it says", lang.L("Close"), lang.N("{{.Count}} photos", 1, with{"Count": 1}), decimal(1.5, 1))
		return
	}
	const english, german = "it says Close 1 photo 1.5", "it says Schließen 1 Foto 1,5"
	for _, test := range []struct{ environment, choice, want string }{
		{"LANG=de_AT.UTF-8", "", german},
		{"LANG=en_GB.UTF-8", "", english},
		{"LANG=sv_SE.UTF-8", "", english},
		{"LANG=en_US.UTF-8", "de", german},
		{"LANG=de_DE.UTF-8", "en", english},
		{"LC_ALL=C", "de", german},
	} {
		c := exec.Command(os.Args[0], "-test.run=^TestLanguageIsChosen$")
		for _, v := range os.Environ() {
			if name, _, _ := strings.Cut(v, "="); name != "LANG" && name != "LANGUAGE" && !strings.HasPrefix(name, "LC_") {
				c.Env = append(c.Env, v)
			}
		}
		c.Env = append(c.Env, test.environment, choice+"="+test.choice)
		out, err := c.CombinedOutput()
		if err != nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s, choice %q: %v, %s", test.environment, test.choice, err, out)
		}
	}
}
