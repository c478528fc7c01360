package ui

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// translationsFolder is where the catalogues lie among the assets: a file of JSON for each language, by its code.
const translationsFolder = "translations"

// useLanguage loads the catalogues and has the window speak a language, the system's if code is empty. Fyne asks the
// environment for the language; the program's own choice goes there, which does nothing on Windows and macOS. Where the system
// speaks something else it is English: Fyne knows more languages, and would mix them in.
func useLanguage(assets fs.FS, code string) error {
	if system, _, _ := strings.Cut(lang.SystemLocale().LanguageString(), "-"); code == "" && !slices.Contains(app.Languages(), system) {
		code = "en"
	}
	if code != "" {
		for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			if v := os.Getenv(variable); v == "C" || v == "POSIX" { // would say that no language is wanted at all
				if err := os.Unsetenv(variable); err != nil {
					return fmt.Errorf("choose the language: %w", err)
				}
			}
		}
		if err := os.Setenv("LANGUAGE", code); err != nil {
			return fmt.Errorf("choose the language: %w", err)
		}
	}
	files, err := fs.Glob(assets, path.Join(translationsFolder, "*.json"))
	if err != nil {
		return fmt.Errorf("find the translations: %w", err)
	}
	for _, name := range files {
		data, err := fs.ReadFile(assets, name)
		if err == nil {
			err = lang.AddTranslations(fyne.NewStaticResource(path.Base(name), data))
		}
		if err != nil {
			return fmt.Errorf("read the translation %s: %w", name, err)
		}
	}
	return nil
}

// languageName is what a language calls itself.
func languageName(code string) string {
	names := map[string]string{"en": "English", "de": "Deutsch"}
	if name, ok := names[code]; ok {
		return name
	}
	return lang.L("The system's")
}
