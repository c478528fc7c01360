package app

import (
	"path/filepath"
	"slices"
)

// recentLimit is how many photos the list of recent ones holds.
const recentLimit = 10

// remember puts path first in the list of recent photos, once.
func remember(recent []string, path string) []string {
	list := append([]string{path}, slices.DeleteFunc(slices.Clone(recent), func(p string) bool { return p == path })...)
	return list[:min(len(list), recentLimit)]
}

// forget removes a photo that cannot be opened any more.
func forget(recent []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(recent), func(p string) bool { return p == path })
}

// absolute makes a path independent of the directory that the program was started in.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
