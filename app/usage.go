package app

import (
	"errors"
	"fmt"
)

// ErrUsage is wrapped by errors that are mistakes in what was asked, found before any work began.
var ErrUsage = errors.New("wrong usage")

// usage makes an error that is ErrUsage and says only its own words.
func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

type usageError struct{ error }

func (u usageError) Is(target error) bool { return target == ErrUsage }
func (u usageError) Unwrap() error        { return u.error }
