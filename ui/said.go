package ui

import (
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// said is a text of the program in the window's language.
func said(t app.Text) string { return t.In(language()) }

// saidAll are texts in the window's language.
func saidAll(texts []app.Text) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = said(t)
	}
	return list
}

// sentence says an error in the window's language.
func sentence(err error) string { return said(app.Sentence(err)) }

// language says the program's texts with the window's catalogues.
func language() app.Language {
	return app.Language{
		Format: func(format string) string { return lang.L(format) },
		Count:  func(format string, n int) string { return lang.N(format, n) },
		Point:  lang.X("decimal point", "."),
	}
}
