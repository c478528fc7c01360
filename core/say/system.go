package say

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// systemErrors are the errors of the system that everybody meets, with the words that Linux has for them. Those are the formats
// that catalogues know them by.
var systemErrors = []struct {
	err    error
	format string
}{
	{fs.ErrNotExist, "no such file or directory"},
	{fs.ErrPermission, "permission denied"},
	{fs.ErrExist, "file exists"},
	{syscall.ENOSPC, "no space left on device"},
	{syscall.EDQUOT, "disk quota exceeded"},
	{syscall.EROFS, "read-only file system"},
	{syscall.EIO, "input/output error"},
	{syscall.ENOTDIR, "not a directory"},
	{syscall.EISDIR, "is a directory"},
	{syscall.ENAMETOOLONG, "file name too long"},
	{syscall.EMFILE, "too many open files"},
	{io.ErrUnexpectedEOF, "unexpected EOF"},
}

// SystemFormats lists what catalogues need for errors of the system.
func SystemFormats() []string {
	list := make([]string, len(systemErrors))
	for i, s := range systemErrors {
		list[i] = s.format
	}
	return list
}

// systemFormat names an error of the system itself, not one that wraps it; empty if it is none that is known.
func systemFormat(err error) string {
	if len(causes(err)) > 0 {
		return ""
	}
	for _, s := range systemErrors {
		if errors.Is(err, s.err) {
			return s.format
		}
	}
	return ""
}
