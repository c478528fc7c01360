package say

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// failure is an error that knows its format.
type failure struct {
	error // that of fmt.Errorf
	phrase
}

// Errorf makes an error as fmt.Errorf does, which can be said in other languages. Without values it makes a sentinel: two are
// never the same.
func Errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &failure{err, phrase{english: err.Error(), format: format, args: args}}
}

// Unwrap returns the error of fmt.Errorf, which wraps what was given to it.
func (f *failure) Unwrap() error { return f.error }

// inLanguage says an error in another language, as far as it is known there.
func inLanguage(err error, l Language) string {
	if f, ok := err.(*failure); ok {
		return f.in(l)
	}
	if format := systemFormat(err); format != "" {
		return l.translated(format)
	}
	// An error of another package: what it wraps may be known.
	text := err.Error()
	for _, cause := range causes(err) {
		if english := cause.Error(); english != "" {
			text = strings.Replace(text, english, inLanguage(cause, l), 1)
		}
	}
	return text
}

// causes are what an error wraps, the longest first: it may hold the others' words.
func causes(err error) []error {
	var list []error
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		if cause := w.Unwrap(); cause != nil {
			list = []error{cause}
		}
	case interface{ Unwrap() []error }:
		list = slices.Clone(w.Unwrap())
	}
	slices.SortStableFunc(list, func(a, b error) int { return cmp.Compare(len(b.Error()), len(a.Error())) })
	return list
}
