package say

import (
	"fmt"
	"strings"
	"unicode"
)

// Language is a language to say texts in. The zero value is English.
type Language struct {
	// Format translates a format, Count one that is counted, for a number. The translation has the verbs of the format, with
	// numbers, %[2]s, where their order is another; %v may stand for any.
	Format func(format string) string
	Count  func(format string, n int) string
	// Point is the decimal point.
	Point string
}

// fill says a phrase.
func (l Language) fill(p *phrase) string {
	if l.Format == nil {
		return p.english
	}
	format := p.format
	switch {
	case p.counted:
		format = l.Count(p.format, p.args[0].(int))
	case HasWords(p.format):
		format = l.translated(p.format)
	}
	args := make([]any, len(p.args))
	for i, a := range p.args {
		args[i] = l.value(a)
	}
	return fmt.Sprintf(plainVerbs.Replace(format), args...)
}

// plainVerbs: only fmt.Errorf knows %w.
var plainVerbs = strings.NewReplacer("%%", "%%", "%w", "%v", "]w", "]v")

func (l Language) translated(format string) string {
	if l.Format == nil {
		return format
	}
	return l.Format(format)
}

// value translates a value of a phrase.
func (l Language) value(v any) any {
	switch v := v.(type) {
	case Text:
		return v.In(l)
	case error:
		return inLanguage(v, l)
	case float64:
		return number{v, l.Point}
	}
	return v
}

// number is a figure that is written with the language's decimal point.
type number struct {
	v     float64
	point string
}

// Format implements fmt.Formatter.
func (n number) Format(s fmt.State, verb rune) {
	fmt.Fprint(s, strings.Replace(fmt.Sprintf(fmt.FormatString(s, verb), n.v), ".", n.point, 1))
}

// HasWords reports whether a format says anything besides its values, and so has to be translated.
func HasWords(format string) bool {
	verb := false
	for _, r := range format {
		switch {
		case r == '%':
			verb = !verb
		case verb:
			verb = !unicode.IsLetter(r) // flags, width and precision go before
		case unicode.IsLetter(r):
			return true
		}
	}
	return false
}
