//go:build !nolcms

package icc

// opaque reports whether no pixel of a row is transparent.
func opaque(row []uint8) bool {
	for i := 3; i < len(row); i += 4 {
		if row[i] != 255 {
			return false
		}
	}
	return true
}

// straighten divides colours by their transparency, premultiply undoes it.
// Profiles know nothing of transparency: a colour must be looked up undiluted.
func straighten(row []uint8) {
	for ; len(row) >= 4; row = row[4:] {
		if a := int(row[3]); a != 0 && a != 255 {
			for c := range 3 {
				row[c] = uint8(min(255, (int(row[c])*255+a/2)/a))
			}
		}
	}
}

func premultiply(row []uint8) {
	for ; len(row) >= 4; row = row[4:] {
		if a := int(row[3]); a != 255 {
			for c := range 3 {
				row[c] = uint8((int(row[c])*a + 127) / 255)
			}
		}
	}
}
