//go:build noraw

package raw

import (
	"context"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// errLeftOut answers every question of a build without LibRaw.
var errLeftOut = say.Errorf("%w: this build reads no camera raw", ErrUnsupported)

// WorkerMain does nothing: there are no decoding children.
func WorkerMain() {}

// CloseIdle does nothing.
func CloseIdle() {}

// Version says that there is no decoder.
func Version() string { return "no LibRaw" }

// Inspect answers ErrUnsupported.
func Inspect(context.Context, string) (Info, error) { return Info{}, errLeftOut }

// Preview answers ErrUnsupported.
func Preview(context.Context, string) ([]byte, error) { return nil, errLeftOut }

// PreviewInfo answers ErrUnsupported.
func PreviewInfo(context.Context, string) ([]byte, Info, error) { return nil, Info{}, errLeftOut }

// Develop answers ErrUnsupported.
func Develop(context.Context, string, Quality) (*pixel.Image, Info, error) {
	return nil, Info{}, errLeftOut
}

// ReadMosaic answers ErrUnsupported.
func ReadMosaic(context.Context, string) (*Mosaic, error) { return nil, errLeftOut }
