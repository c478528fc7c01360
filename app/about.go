package app

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/raw"
	"blindspot/core/photo/turbo"
)

// Part is one of the things that the program is made of.
type Part struct {
	Name, Version, Licence string
}

// Parts lists what the program is made of, for the about box: libraries, toolkit, language.
func Parts() []Part {
	name := func(version, licence string) Part {
		n, v := splitVersion(version)
		return Part{n, v, licence}
	}
	return []Part{
		name(raw.Version(), "LGPL 2.1 / CDDL"),
		name(turbo.Version(), "IJG / BSD"),
		name(icc.Version(), "MIT"),
		{"Fyne", strings.TrimPrefix(moduleVersion("fyne.io/fyne/v2"), "v"), "BSD"},
		{"Go", runtime.Version()[len("go"):], "BSD"},
	}
}

// Kernels names the instruction set that the network runs on.
func Kernels() string {
	set, err := InstructionSet()
	if err != nil {
		return "–"
	}
	return set
}

// splitVersion takes the number at the end off a name.
func splitVersion(text string) (name, version string) {
	for i := len(text) - 1; i > 0; i-- {
		if text[i] == ' ' {
			if c := text[i+1]; c >= '0' && c <= '9' {
				return text[:i], text[i+1:]
			}
			break
		}
	}
	return text, ""
}

// moduleVersion is the version of a module that the program was built with, "–" where the program does not know.
func moduleVersion(path string) string {
	info, _ := debug.ReadBuildInfo()
	for i := 0; info != nil && i < len(info.Deps); i++ {
		if m := info.Deps[i]; m.Path == path {
			return cmp.Or(m.Version, "–")
		}
	}
	return "–"
}
