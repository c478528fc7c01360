//go:build !nolcms

package icc

// spaceName is how people call the colours with this signature (ICC.1:2022,
// section 7.2.6).
func spaceName(signature string) string {
	switch signature {
	case "GRAY":
		return "Gray"
	case "YCbr":
		return "YCbCr"
	}
	return signature
}

// className says what a profile is for (ICC.1:2022, section 7.2.5).
func className(signature string) string {
	switch signature {
	case "scnr":
		return "camera or scanner"
	case "mntr":
		return "display"
	case "prtr":
		return "printer"
	case "spac":
		return "colour space"
	case "link", "abst", "nmcl":
		return "special use"
	}
	return signature
}
