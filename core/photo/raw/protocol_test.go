//go:build !noraw

package raw

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// framed returns JSON as the child sends it.
func framed(text string) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(answerSignature), uint32(len(text)))
	return append(out, text...)
}

func TestAnswerRoundTrip(t *testing.T) {
	sent := answer{
		Info:   Info{W: 3, H: 70, Camera: "Nikon D800", Exposure: 0.005, GPS: &GPS{1, 2, 3}, Pattern: "RGGB"},
		Mosaic: &Mosaic{W: 3, H: 70, Names: "RGBG", PatternW: 2, PatternH: 2, Pattern: []int{0, 1, 3, 2}, Black: [4]float64{1, 2, 3, 4}},
		W:      3, H: 70, Planes: 1, Peak: 5,
	}
	samples := make([]uint16, 3*70)
	for i := range samples {
		samples[i] = uint16(i * 300)
	}
	var pipe bytes.Buffer
	if err := writeJSON(&pipe, answerSignature, sent); err != nil {
		t.Fatal(err)
	}
	source := sensor{samples: samples, width: 3, height: 70, step: 1, stride: 3, planes: 1}
	if err := writePlanes(&pipe, sent, source.band); err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(&pipe, standardLimits())
	if err != nil {
		t.Fatal(err)
	}
	planes, err := readPlanes(&pipe, got)
	if err != nil || !slices.Equal(planes[0], samples) || pipe.Len() != 0 {
		t.Errorf("planes differ, %d bytes left, %v", pipe.Len(), err)
	}
	a, _ := json.Marshal(sent)
	b, _ := json.Marshal(got)
	if !bytes.Equal(a, b) {
		t.Errorf("sent %s\ngot  %s", a, b)
	}
}

// TestAnswerLimits sends what no honest child sends: it is refused before memory
// is taken for it.
func TestAnswerLimits(t *testing.T) {
	tests := []struct{ name, text string }{
		{"too wide", `{"W":65536,"H":1,"Planes":1}`},
		{"too high", `{"W":1,"H":65536,"Planes":3}`},
		{"too many pixels", `{"W":65535,"H":65535,"Planes":3}`},
		{"no height", `{"W":100,"Planes":1}`},
		{"no planes", `{"W":100,"H":100}`},
		{"five planes", `{"W":100,"H":100,"Planes":5}`},
		{"negative", `{"W":-1,"H":-1,"Planes":1}`},
		{"a picture and a preview", `{"W":1,"H":1,"Planes":1,"Preview":1}`},
		{"a negative preview", `{"Preview":-1}`},
		{"a huge preview", `{"Preview":2000000000}`},
		{"a number beyond all", `{"W":1e30,"H":1,"Planes":1}`},
		{"a pattern of another size", `{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGB","PatternW":2,"PatternH":2,"Pattern":[0,1,2]}}`},
		{"a colour without a name", `{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGB","PatternW":1,"PatternH":1,"Pattern":[3]}}`},
		{"a negative colour", `{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGB","PatternW":1,"PatternH":1,"Pattern":[-1]}}`},
		{"black levels of another size", `{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGB","BlackW":2,"BlackH":2,"BlackExtra":[1]}}`},
		{"a negative margin", `{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGB","Left":-1}}`},
		{"planes without names", `{"W":1,"H":1,"Planes":3,"Mosaic":{"Names":"R"}}`},
		{"no JSON", `hello`},
		{"nothing", ``},
	}
	for _, test := range tests {
		if a, err := readAnswer(bytes.NewReader(framed(test.text)), standardLimits()); !errors.Is(err, errNonsense) {
			t.Errorf("%s: %+v, %v", test.name, a, err)
		}
	}
	endless := append([]byte(answerSignature), 0xff, 0xff, 0xff, 0x7f)
	if _, err := readAnswer(bytes.NewReader(endless), standardLimits()); !errors.Is(err, errNonsense) {
		t.Errorf("endless JSON: %v", err)
	}
	if _, err := readAnswer(bytes.NewReader([]byte("BRA")), standardLimits()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}

func TestAnswerErrors(t *testing.T) {
	for f, want := range map[failure]error{
		failUnsupported: ErrUnsupported, failTruncated: ErrTruncated, failCorrupt: ErrCorrupt, failBroken: ErrCorrupt,
		failTooLarge: ErrTooLarge, failNoPreview: ErrNoPreview, "something else": ErrDied, "": nil,
	} {
		for _, why := range []string{"", "because"} {
			if got := (answer{Failure: f, Why: why}).err(); !errors.Is(got, want) {
				t.Errorf("%q: %v", f, got)
			}
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(append(framed(`{"W":2,"H":3,"Planes":1}`), make([]byte, 12)...))
	f.Add(append(framed(`{"Preview":4}`), 1, 2, 3, 4))
	f.Add(framed(`{"Failure":"broken","Why":"x"}`))
	f.Add(framed(`{"W":1,"H":1,"Planes":1,"Mosaic":{"Names":"RGBG","PatternW":2,"PatternH":2,"Pattern":[0,1,3,2],"BlackW":1,"BlackH":1,"BlackExtra":[2]}}`))
	lim := limits{json: 1 << 12, preview: 1 << 12, side: 256, pixels: 1 << 12}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		a, err := readAnswer(r, lim)
		if err != nil {
			return
		}
		_ = a.err()
		if a.W*a.H > lim.pixels || a.W > lim.side || a.H > lim.side || a.Preview > lim.preview || a.Planes > 4 {
			t.Fatalf("beyond the limits: %+v", a)
		}
		if planes, err := readPlanes(r, a); err == nil && len(planes) != a.Planes {
			t.Fatalf("%d planes of %d", len(planes), a.Planes)
		}
		if m := a.Mosaic; m != nil { // must hold for every pixel
			for y := range a.H {
				for x := range a.W {
					_ = m.BlackAt(m.ColourAt(x, y), x, y)
				}
			}
		}
	})
}
