package raw

import (
	"bytes"
	"encoding/binary"

	"blindspot/core/pixel"
)

// PreviewOrientation tells how to turn an embedded preview upright, given what
// Inspect said of its file. Some cameras write a JPEG with an orientation of its
// own, which counts then. Others turn the preview's pixels, which shows by its
// shape; the rest leave it as the sensor saw it.
func PreviewOrientation(preview []byte, info Info) pixel.Orientation {
	own, w, h := scanJPEG(preview)
	switch {
	case own.Valid():
		return own
	case !info.Orientation.Valid():
		return pixel.Upright
	case info.Orientation.Swaps() && w > 0 && info.W != info.H && (w < h) == (info.W < info.H):
		return pixel.Upright
	}
	return info.Orientation
}

// scanJPEG reads a JPEG's orientation (0 if it has none) and size up to the
// first scan.
func scanJPEG(data []byte) (o pixel.Orientation, w, h int) {
	const (
		startOfScan = 0xda
		app1        = 0xe1
	)
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // padding
			at++
			continue
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == startOfScan || end > len(data) || end < at+4 {
			break
		}
		body := data[at+4 : end]
		switch {
		case marker == app1:
			if exif, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
				o = exifOrientation(exif)
			}
		case isFrame(marker) && len(body) >= 5:
			h, w = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
		}
		at = end
	}
	return o, w, h
}

// isFrame reports whether a JPEG marker begins a frame header (SOF0 to SOF15
// without the three codes that mean other things).
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

func exifOrientation(exif []byte) pixel.Orientation {
	folders, _ := readFolders(bytes.NewReader(exif), int64(len(exif)))
	if len(folders) == 0 {
		return 0
	}
	return pixel.Orientation(folders[0].orientation)
}
