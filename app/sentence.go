package app

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentence makes one plain sentence of an error: a capital at the beginning, a full stop at the end, one line.
func Sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	// Names of files and programs keep their case, so only a word of small letters is capitalised.
	first, size := utf8.DecodeRuneInString(text)
	if word, _, _ := strings.Cut(text, " "); word == strings.ToLower(word) && !strings.ContainsAny(word, "./\\_") {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, "!") {
		text += "."
	}
	return text
}
