//go:build !noraw

package raw

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"unsafe"

	"blindspot/core/say"
)

// What goes over the pipe. The parent writes a question: a length and JSON. The
// child answers with one byte as soon as it has read it, and when it is done
// with a signature, a length, JSON, and what the JSON announces behind it: the
// bytes of a preview, or the samples of planes in the machine's byte order. Rows
// come in bands: bandRows rows of the first plane, the same rows of the second,
// and so on, so that the child can write a picture while it walks through it
// once, and the parent reads straight into its planes.
//
// The parent believes nothing: each length is compared with a limit before
// memory is taken for it.

// operation is what a child is asked to do.
type operation string

const (
	opInspect operation = "inspect"
	opPreview operation = "preview"
	opFull    operation = "full"
	opHalf    operation = "half"
	opMosaic  operation = "mosaic"
)

// question is what the parent asks. Path is bytes because names of files need
// not be text.
type question struct {
	Op   operation
	Path []byte
}

// failure is a kind of error in an answer.
type failure string

const (
	failUnsupported failure = "unsupported"
	failTruncated   failure = "truncated"
	failCorrupt     failure = "corrupt"
	failBroken      failure = "broken" // truncated or corrupt: the parent finds out
	failTooLarge    failure = "too large"
	failNoPreview   failure = "no preview"
)

// answer is the JSON of an answer.
type answer struct {
	Failure failure `json:",omitempty"`
	Why     string  `json:",omitempty"`

	Info   Info
	Mosaic *Mosaic `json:",omitempty"`

	W, H, Planes int // what follows: planes of samples …
	Preview      int // … or that many bytes
	Peak         int64
}

const (
	received        = 'r'
	answerSignature = "BRAW"
	bandRows        = 32
)

// limits bounds what is read of the other side.
type limits struct {
	json, preview, side, pixels int
}

// standardLimits are those of the program.
func standardLimits() limits {
	return limits{json: 1 << 20, preview: 128 << 20, side: MaxSide, pixels: MaxPixels}
}

// errNonsense says that the other side breaks the rules.
var errNonsense = say.Errorf("it answered nonsense")

// writeJSON writes a length and v.
func writeJSON(w io.Writer, prefix string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	out := append([]byte(prefix), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[len(prefix):], uint32(len(data)))
	_, err = w.Write(append(out, data...))
	return err
}

// readJSON reads what writeJSON wrote, at most lim bytes of JSON.
func readJSON(r io.Reader, prefix string, lim int, v any) error {
	head := make([]byte, len(prefix)+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(head[len(prefix):])
	if string(head[:len(prefix)]) != prefix || int64(n) > int64(lim) {
		return errNonsense
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(r, data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return errNonsense
	}
	return nil
}

// readAnswer reads the JSON of an answer and checks that what it announces is
// within the limits and of one piece.
func readAnswer(r io.Reader, lim limits) (answer, error) {
	var a answer
	if err := readJSON(r, answerSignature, lim.json, &a); err != nil {
		return answer{}, err
	}
	ok := a.Preview >= 0 && a.Preview <= lim.preview
	if a.Planes != 0 || a.W != 0 || a.H != 0 {
		ok = ok && a.Planes >= 1 && a.Planes <= 4 && a.Preview == 0 &&
			a.W >= 1 && a.W <= lim.side && a.H >= 1 && a.H <= lim.side && int64(a.W)*int64(a.H) <= int64(lim.pixels)
	}
	if m := a.Mosaic; m != nil {
		ok = ok && m.fits(a.Planes, lim)
		m.W, m.H = a.W, a.H
	}
	if !ok {
		return answer{}, errNonsense
	}
	return a, nil
}

// fits reports whether a mosaic's pattern and levels have the sizes that they
// claim, so that ColourAt and BlackAt hold for every pixel.
func (m *Mosaic) fits(planes int, lim limits) bool {
	const mostPattern = 4096
	if m.PatternW < 0 || m.PatternH < 0 || m.PatternW > 64 || m.PatternH > 64 || m.BlackW < 0 || m.BlackH < 0 ||
		m.BlackW > mostPattern || m.BlackH > mostPattern {
		return false
	}
	if len(m.Pattern) != m.PatternW*m.PatternH || len(m.BlackExtra) != m.BlackW*m.BlackH || len(m.Names) > 4 {
		return false
	}
	for _, c := range m.Pattern {
		if c < 0 || c >= len(m.Names) {
			return false
		}
	}
	for _, margin := range []int{m.Left, m.Top, m.Right, m.Bottom} {
		if margin < 0 || margin > lim.side {
			return false
		}
	}
	return planes == 1 || len(m.Pattern) == 0 && planes == len(m.Names)
}

// readPlanes reads the samples that a announces.
func readPlanes(r io.Reader, a answer) ([][]uint16, error) {
	planes := make([][]uint16, a.Planes)
	for i := range planes {
		planes[i] = make([]uint16, a.W*a.H)
	}
	for y := 0; y < a.H; y += bandRows {
		end := min(y+bandRows, a.H)
		for _, p := range planes {
			if _, err := io.ReadFull(r, asBytes(p[y*a.W:end*a.W])); err != nil {
				return nil, err
			}
		}
	}
	return planes, nil
}

// asBytes returns the memory of samples. Both sides are the same program on the
// same machine, so the byte order is, too.
func asBytes(samples []uint16) []byte {
	if len(samples) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&samples[0])), 2*len(samples))
}

// err returns the error that an answer tells, nil if the question was answered.
func (a answer) err() error {
	kinds := map[failure]error{
		failUnsupported: ErrUnsupported, failTruncated: ErrTruncated, failCorrupt: ErrCorrupt,
		failBroken: ErrCorrupt, failTooLarge: ErrTooLarge, failNoPreview: ErrNoPreview,
	}
	if a.Failure == "" {
		return nil
	}
	kind, known := kinds[a.Failure]
	switch {
	case !known:
		return say.Errorf("%w: %w", ErrDied, errNonsense)
	case a.Why == "":
		return kind
	}
	return say.Errorf("%w: %s", kind, a.Why)
}
