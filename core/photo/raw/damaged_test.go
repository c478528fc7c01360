//go:build !noraw

package raw

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blindspot/core/photo/raw/rawtest"
)

// patience is for a machine under load; nothing here needs a second.
const patience = time.Minute

// allErrors are those that a file may cause, ErrDied among them.
var allErrors = []error{ErrUnsupported, ErrTruncated, ErrCorrupt, ErrTooLarge, ErrNoPreview, ErrDied}

// askAll puts all questions about a file. Each must be answered, with one of our
// errors or a result. It returns the errors of Inspect and of developing at half
// size.
func askAll(t *testing.T, name, path string) (inspect, half error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	check := func(what string, err error) {
		if err == nil {
			return
		}
		for _, known := range allErrors {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("%s: %s: %v", name, what, err)
	}
	info, inspect := Inspect(ctx, path)
	check("Inspect", inspect)
	if inspect == nil && (info.W <= 0 || info.H <= 0) {
		t.Errorf("%s: %d by %d", name, info.W, info.H)
	}
	_, err := Preview(ctx, path)
	check("Preview", err)
	im, _, half := Develop(ctx, path, Half)
	check("Develop", half)
	if half == nil && (len(im.Planes) != im.C || len(im.Planes[0]) != im.W*im.H) {
		t.Errorf("%s: planes of a wrong size", name)
	}
	_, err = ReadMosaic(ctx, path)
	check("ReadMosaic", err)
	return inspect, half
}

// samples are whole raws of each kind.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		"linear":  rawtest.DNG{W: 80, H: 60, Pattern: "linear", Samples: scenery(80, 60, 3), White: 60000}.Bytes(),
		"preview": photographed(testJPEG(t, 48, 32)).Bytes(),
	}
	for _, name := range []string{"canon_d30_crop_640x528.dng", "sim_xtrans_coffee_clean.dng"} {
		data, err := os.ReadFile(photos + "raw/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = data
	}
	return all
}

// TestTruncated cuts raws at twenty points: all of them lack something.
func TestTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.dng")
	for name, data := range samples(t) {
		for i := range 20 {
			writeFile(t, path, data[:len(data)*i/20])
			_, half := askAll(t, name, path)
			if half == nil {
				t.Errorf("%s: the first %d twentieths are a picture", name, i)
			} else if !errors.Is(half, ErrTruncated) && !errors.Is(half, ErrUnsupported) {
				t.Errorf("%s: %d twentieths: %v", name, i, half)
			}
		}
	}
}

// TestRandomBytes writes random bytes into raws, many into their middle and few
// among the tags.
func TestRandomBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged.dng")
	random := rand.New(rand.NewPCG(1, 2))
	for name, whole := range samples(t) {
		for round := range 12 {
			data := bytes.Clone(whole)
			switch round % 3 {
			case 0: // a block in the middle
				at := len(data)/4 + random.IntN(len(data)/2)
				for i := at; i < min(at+4096, len(data)); i++ {
					data[i] = byte(random.Uint32())
				}
			case 1: // among the tags at the beginning …
				for range 4 {
					data[8+random.IntN(600)] = byte(random.Uint32())
				}
			case 2: // … or at the end
				for range 4 {
					data[len(data)-1-random.IntN(500)] = byte(random.Uint32())
				}
			}
			writeFile(t, path, data)
			askAll(t, name, path)
		}
	}
}

// patchTag overwrites the value of a LONG or SHORT tag in the directory that the
// header of a little-endian TIFF points at.
func patchTag(t *testing.T, data []byte, tag uint16, value uint32) []byte {
	t.Helper()
	out := bytes.Clone(data)
	at := int(binary.LittleEndian.Uint32(out[4:]))
	for i := range int(binary.LittleEndian.Uint16(out[at:])) {
		if e := out[at+2+12*i:]; binary.LittleEndian.Uint16(e) == tag {
			binary.LittleEndian.PutUint32(e[8:], value)
			return out
		}
	}
	t.Fatalf("there is no tag %d", tag)
	return nil
}

// TestHostile asks about files that lie: each gets the error that says what is
// wrong, and none takes memory for what it promises.
func TestHostile(t *testing.T) {
	const width, height, compression, offsets = 256, 257, 259, 273
	good := rawtest.DNG{W: 64, H: 48, Pattern: "RGGB", Samples: scenery(64, 48, 1), White: 60000}.Bytes()
	huge := patchTag(t, patchTag(t, good, width, 60000), height, 60000)
	promising := patchTag(t, patchTag(t, good, width, 16000), height, 15000)
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrTruncated},
		{"text", []byte("hello, I am no raw file, but there is enough of me to be looked at, and a bit more, and so on and on and on"), ErrUnsupported},
		{"too many pixels", huge, ErrTooLarge},
		{"240 megapixels in 10 kB", promising, ErrCorrupt},
		{"unknown compression", patchTag(t, good, compression, 52546), ErrUnsupported},
		{"pixels behind the end", patchTag(t, good, offsets, 1<<30), ErrTruncated},
		{"header only", good[:8], ErrTruncated},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "hostile.dng")
		writeFile(t, path, test.data)
		_, half := askAll(t, test.name, path)
		t.Logf("%s: %v", test.name, half)
		if !errors.Is(half, test.want) {
			t.Errorf("%s: %v, want %v", test.name, half, test.want)
		}
	}
}

// TestSmallXTrans develops a file that LibRaw refuses at full size.
func TestSmallXTrans(t *testing.T) {
	path := writeDNG(t, rawtest.DNG{W: 96, H: 600, Pattern: "X-Trans", Samples: scenery(96, 600, 1), White: 60000})
	if _, _, err := Develop(t.Context(), path, Full); !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v", err)
	}
	if im := develop(t, path, Half); im.W != 48 || im.H != 300 {
		t.Errorf("%d by %d", im.W, im.H)
	}
}

func TestNoFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := Inspect(t.Context(), filepath.Join(folder, "missing.dng")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Inspect(t.Context(), folder); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a folder: %v", err)
	}
	odd := filepath.Join(folder, "not UTF-8 \xff\xfe, with\nnewline.dng")
	writeFile(t, odd, rawtest.DNG{W: 64, H: 48, Pattern: "RGGB", Samples: scenery(64, 48, 1), White: 60000}.Bytes())
	if _, err := Inspect(t.Context(), odd); err != nil {
		t.Errorf("a file with an odd name: %v", err)
	}
}
