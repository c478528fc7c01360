package app

import (
	"errors"
	"io/fs"
	"syscall"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// advice says for each kind of error what the user can do about it. The first that fits counts.
var advice = []struct {
	kind error
	text Text
}{
	{fs.ErrNotExist, say.Textf("it may have been moved, renamed, or be on a disk that is not connected")},
	{fs.ErrPermission, say.Textf("ask for the right to use it, or choose another place")},
	{syscall.ENOSPC, say.Textf("make room on the disk, or choose another place")},
	{syscall.EROFS, say.Textf("choose a place that can be written to")},
	{photo.ErrTruncated, say.Textf("copy it again from where it came from")},
	{photo.ErrCorrupt, say.Textf("copy it again from where it came from")},
	{photo.ErrUnsupported, say.Textf("save it as JPEG, PNG or TIFF with another program first")},
	{photo.ErrTooLarge, say.Textf("cut or scale it with another program first")},
	{photo.ErrDecoderDied, say.Textf("the photo may be damaged; others are not concerned")},
}

// advised adds to an error what can be done about it.
func advised(err error) error {
	for _, a := range advice {
		if errors.Is(err, a.kind) {
			return say.Errorf("%w: %v", err, a.text)
		}
	}
	return err
}
