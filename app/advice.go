package app

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"blindspot/core/photo"
)

// advice says for each kind of error what the user can do about it. The first that fits counts.
var advice = []struct {
	kind error
	text string
}{
	{fs.ErrNotExist, "it may have been moved, renamed, or be on a disk that is not connected"},
	{fs.ErrPermission, "ask for the right to use it, or choose another place"},
	{syscall.ENOSPC, "make room on the disk, or choose another place"},
	{syscall.EROFS, "choose a place that can be written to"},
	{photo.ErrTruncated, "copy it again from where it came from"},
	{photo.ErrCorrupt, "copy it again from where it came from"},
	{photo.ErrUnsupported, "save it as JPEG, PNG or TIFF with another program first"},
	{photo.ErrTooLarge, "cut or scale it with another program first"},
	{photo.ErrDecoderDied, "the photo may be damaged; others are not concerned"},
}

// advised adds to an error what can be done about it.
func advised(err error) error {
	for _, a := range advice {
		if errors.Is(err, a.kind) {
			return fmt.Errorf("%w: %s", err, a.text)
		}
	}
	return err
}
