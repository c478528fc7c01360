package raw

import (
	"path/filepath"
	"slices"
	"strings"
)

// extensions are the usual endings of camera raw files that LibRaw may know.
// Left out are endings that other files use more often (.raw, .tif, .iq).
var extensions = []string{
	".3fr", ".ari", ".arq", ".arw", ".bay", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dcs", ".dng", ".drf", ".erf", ".fff",
	".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".ori", ".pef", ".ptx", ".pxn", ".raf",
	".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw", ".x3f",
}

// Extensions returns the endings of raw files in small letters with their dot,
// for picking photos out of a folder.
func Extensions() []string { return slices.Clone(extensions) }

// HasExtension reports whether path ends like a raw file.
func HasExtension(path string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}
