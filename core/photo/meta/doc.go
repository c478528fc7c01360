// Package meta reads, carries and edits what a photo's file says besides its pixels.
//
// A Set holds the bytes: EXIF, XMP, IPTC, the other image resources of Photoshop, the colour profile. They are carried from
// file to file as they are, because every rewriting loses something: makers' notes hold offsets that nobody documents, and
// XMP packets hold namespaces that we do not know. What must change is changed in place:
//
//   - EXIF (CIPA DC-008, a TIFF structure): the orientation becomes upright, the size that of the picture, the thumbnail is
//     wiped, and the Software tag is set. Where a tag must be added, the first directory is written anew behind the block
//     and the header points to it; all values stay where they are. A block too large for a JPEG segment is rebuilt from its
//     tags, without what does not fit.
//   - XMP (ISO 16684-1): single properties are replaced where they stand; new ones come in one rdf:Description of their own.
//   - Photoshop's resources: thumbnails and copies of EXIF and XMP go, the rest stays.
//
// TIFF files and most camera raws are TIFF structures themselves. FromTIFF makes an EXIF block of their descriptive tags.
//
// Facts are what the program shows: camera, lens, exposure, date, place.
//
// All input is untrusted. Nothing here follows an offset without checking it, allocates more than the input is long, or
// visits a directory twice.
package meta

// Set is a photo's metadata as bytes, without the headers of the container. What is absent is nil.
type Set struct {
	ICC       []byte // ICC profile
	EXIF      []byte // TIFF structure, from its byte order mark on
	XMP       []byte // XML packet in UTF-8
	Extended  []byte // ExtendedXMP of a JPEG: a second packet for what did not fit into the first
	IPTC      []byte // IPTC-NAA records
	Resources []byte // Photoshop's image resources other than IPTC
	Comments  [][]byte
	Density   *Density
	PNG       []Chunk // chunks that only PNG knows: gamma, primaries, texts
}

// Density is the resolution in a JPEG's JFIF header.
type Density struct {
	Unit byte // 0: aspect ratio only, 1: dots an inch, 2: dots a centimetre
	X, Y uint16
}

// Chunk is a PNG chunk that is carried as it is.
type Chunk struct {
	Kind string
	Data []byte
}

// Target is the picture that the metadata will lie beside.
type Target struct {
	W, H int
	Max  int   // bytes that an EXIF block may have, 0 for any number
	Done *Done // nil: the picture is as it was
}

// Done says what the program did to the picture.
type Done struct {
	Software  string // name and version, such as "Blindspot 1.0"
	Version   string // of the program
	Model     string
	Mode      string
	Hole      string  // empty where the mode has none
	Luminance float64 // strength, 0 to 1
	Colour    float64
	Texture   float64 // share kept, 0 to 1
}
