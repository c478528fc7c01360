package meta

import (
	"encoding/binary"
	"slices"
	"strings"

	"blindspot/core/say"
)

// CheckICC reports whether a profile can be a display or working space profile for a picture of 1 or 3 channels. It looks at
// the header only (ICC.1:2022, 7.2); nil is fine.
func CheckICC(profile []byte, channels int) error {
	if profile == nil {
		return nil
	}
	const header, tags = 128, 4
	if len(profile) < header+tags || string(profile[36:40]) != "acsp" || int64(binary.BigEndian.Uint32(profile)) > int64(len(profile)) {
		return say.Errorf("the colour profile is damaged and has been left out")
	}
	want := "RGB "
	if channels == 1 {
		want = "GRAY"
	}
	if space := string(profile[16:20]); space != want {
		return say.Errorf("the colour profile is one for %s and has been left out", strings.TrimSpace(strings.ToValidUTF8(space, "?")))
	}
	return nil
}

// AddICCPart files one part of a profile as JPEG files carry it (ICC.1:2022, annex B.4): its number from 1, the number of
// parts, then the bytes.
func AddICCPart(parts [][]byte, part []byte) [][]byte {
	if len(part) < 2 || part[0] == 0 || part[0] > part[1] {
		return parts
	}
	if parts == nil {
		parts = make([][]byte, part[1])
	}
	if at := int(part[0]) - 1; at < len(parts) {
		parts[at] = part[2:]
	}
	return parts
}

// JoinICC returns nil if a part is missing: half a profile is worse than none.
func JoinICC(parts [][]byte) []byte {
	for _, p := range parts {
		if p == nil {
			return nil
		}
	}
	return slices.Concat(parts...)
}
