package pixel

// Largest picture that the program reads or writes. Readers check it before they allocate anything.
const (
	MaxPixels = 250_000_000
	MaxSide   = 65_535
)
