package app

import (
	"os"
	"path/filepath"
	"slices"
)

// recentLimit is how many photos, and how many folders, the lists of recent ones hold.
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

// RecentFolders lists the last folders of photos, the newest first.
func (s *Session) RecentFolders() []string { return s.options.Preferences.Folders }

// ForgetRecent empties both lists.
func (s *Session) ForgetRecent() {
	s.options.Preferences.Recent, s.options.Preferences.Folders = nil, nil
	s.changed(PhotoChanged)
}

// folderAmong is the folder that was asked for by itself, empty if something else was, and whether it is there.
func folderAmong(paths []string) (folder string, there bool) {
	if len(paths) != 1 {
		return "", false
	}
	path := absolute(paths[0])
	stat, err := os.Stat(path)
	if err == nil && !stat.IsDir() {
		return "", false
	}
	return path, err == nil
}

// rememberFolder puts a folder that was opened into the list of recent ones, or takes it off if it could not be opened.
func (s *Session) rememberFolder(folder string, opened bool) {
	folders := &s.options.Preferences.Folders
	if opened {
		*folders = remember(*folders, folder)
	} else {
		*folders = forget(*folders, folder)
	}
}
