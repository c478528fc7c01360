package app

import (
	"blindspot/core/say"
)

// Text is something said to the user, in English until Text.In says it in another language.
type Text = say.Text

// Language is a language to say texts in.
type Language = say.Language

// Sentence makes one plain sentence of an error: a capital at the beginning, a full stop at the end, one line.
func Sentence(err error) Text { return say.Sentence(err) }

// sentences makes a sentence of each text.
func sentences(texts []Text) []Text {
	list := make([]Text, len(texts))
	for i, t := range texts {
		list[i] = say.Sentence(t)
	}
	return list
}

// plain are texts in English, for the command line.
func plain(texts []Text) []string {
	var list []string
	for _, t := range texts {
		list = append(list, t.String())
	}
	return list
}

func countPhotos(n int) Text { return say.Count(n, "%d photo", "%d photos") }
func countFiles(n int) Text  { return say.Count(n, "%d file", "%d files") }
