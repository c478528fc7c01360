// Package say keeps what is said to the user apart from the values in it, so that a window can say it in another language.
//
// Text is for reports, advice and notes, Errorf for errors. Both are made of a format of package fmt and its values, and are
// English by themselves: String and Error need no catalogue. A Language knows the formats' translations; Text.In says a text
// with them, and with it the texts and errors among its values. What was not made by this package, such as an error of the
// system, stays as it is, but for the few that everybody meets (see system.go) and what it wraps.
//
// The formats must be literals where they stand, so that a test can find those that no catalogue has.
package say

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is something said to the user. The zero value says nothing. Texts that are equal are the same one; compare what String
// returns to know whether two say the same.
type Text struct{ *phrase }

// phrase is a format with its values.
type phrase struct {
	english  string
	format   string
	args     []any
	counted  bool // by its only value
	sentence bool // a capital at the beginning, a full stop at the end, one line
}

// Textf makes a text as fmt.Sprintf does. Texts and errors among the values are translated with it.
func Textf(format string, args ...any) Text {
	return Text{&phrase{english: fmt.Sprintf(format, args...), format: format, args: args}}
}

// Count makes a text of a number with its noun: one is the format for 1, many that for all others, under which catalogues
// have its translations.
func Count(n int, one, many string) Text {
	format := many
	if n == 1 {
		format = one
	}
	return Text{&phrase{english: fmt.Sprintf(format, n), format: many, args: []any{n}, counted: true}}
}

// Join puts texts one after another.
func Join(texts []Text, between string) Text {
	if len(texts) == 0 {
		return Text{}
	}
	args := make([]any, len(texts))
	for i, t := range texts {
		args[i] = t
	}
	return Textf(strings.Repeat("%v"+strings.ReplaceAll(between, "%", "%%"), len(texts)-1)+"%v", args...)
}

// Sentence makes one plain sentence of a text or an error: a capital at the beginning, a full stop at the end, one line.
func Sentence(of any) Text {
	t := Textf("%v", of)
	t.english, t.sentence = sentence(t.english), true
	return t
}

// Empty reports whether the text says nothing.
func (t Text) Empty() bool { return t.phrase == nil || t.english == "" }

// String is the text in English.
func (t Text) String() string {
	if t.phrase == nil {
		return ""
	}
	return t.english
}

// MarshalText implements encoding.TextMarshaler, in English.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. What is read has no format any more and stays as it is in all languages.
func (t *Text) UnmarshalText(data []byte) error {
	*t = Textf("%s", data)
	return nil
}

// In is the text in another language.
func (t Text) In(l Language) string {
	if t.phrase == nil {
		return ""
	}
	return t.in(l)
}

func (p *phrase) in(l Language) string {
	text := l.fill(p)
	if p.sentence {
		text = sentence(text)
	}
	return text
}

// sentence makes a sentence of a text.
func sentence(text string) string {
	text = strings.TrimSpace(text)
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
