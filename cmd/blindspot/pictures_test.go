package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"blindspot/app"
	"blindspot/app/apptest"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// prepare installs the model in the program's home and makes a photo: soft shapes under noise.
func prepare(t testing.TB, home string) string {
	t.Helper()
	models := filepath.Join(home, "data", "blindspot", "models")
	if err := os.MkdirAll(models, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := apptest.Model().WriteFile(filepath.Join(models, "soft.safetensors")); err != nil {
		t.Fatal(err)
	}
	chosen := app.DefaultPreferences()
	chosen.Model = "soft"
	if err := chosen.Save(filepath.Join(home, "config", "blindspot", "settings.json")); err != nil {
		t.Fatal(err)
	}
	im := pixel.New(photoWidth, photoHeight, 3, 8)
	rng := rand.New(rand.NewPCG(1, 2))
	for c, plane := range im.Planes {
		for i := range plane {
			x, y := float64(i%photoWidth), float64(i/photoWidth)
			v := 128 + 70*math.Sin(x/23+float64(c))*math.Cos(y/31) + 20*rng.NormFloat64()
			plane[i] = uint16(math.Round(min(max(v, 0), 255))) * 257
		}
	}
	path := filepath.Join(home, "photo.png")
	if _, err := photo.Save(t.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	return path
}

// nearDivider is how many columns on both sides of the divider are not compared: its line and handle lie there.
const nearDivider = 20

// shows compares what is seen at 100 % with the photo before, left of the divider, and after, right of it.
func shows(v *image.RGBA, before, after *pixel.Image, divider int) error {
	origin := image.Pt((v.Rect.Dx()+1)/2-photoWidth/2, (v.Rect.Dy()+1)/2-photoHeight/2)
	left, right := rgba(before), rgba(after)
	for y := range photoHeight {
		for x := range photoWidth {
			at := origin.Add(image.Pt(x, y))
			if at.X > divider-nearDivider && at.X < divider+nearDivider {
				continue
			}
			want := left.RGBAAt(x, y)
			if at.X >= divider {
				want = right.RGBAAt(x, y)
			}
			if got := v.RGBAAt(at.X, at.Y); got != want {
				return fmt.Errorf("pixel (%d, %d) of the photo is %v on the screen, want %v", x, y, got, want)
			}
		}
	}
	return nil
}

// only compares with one picture everywhere.
func only(v *image.RGBA, im *pixel.Image) error { return shows(v, im, im, -2*nearDivider) }

func rgba(im *pixel.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	im.ToRGBA(out, out.Rect)
	return out
}

// fourfold checks that the middle of the viewer is made of squares of four by four pixels, and of more than one colour.
func fourfold(v *image.RGBA) error {
	middle := v.Rect.Size().Div(2)
	colours := map[color.RGBA]bool{}
	edges := [4]int{}
	for i := range 200 {
		a, b := v.RGBAAt(middle.X+i, middle.Y), v.RGBAAt(middle.X+i+1, middle.Y)
		colours[a] = true
		if a != b {
			edges[(middle.X+i)%4]++
		}
	}
	slices.Sort(edges[:])
	if len(colours) < 10 || edges[2] != 0 {
		return fmt.Errorf("%d colours, changes at columns %v", len(colours), edges)
	}
	return nil
}

// gray checks that the middle of the viewer is neutral and of many grays.
func gray(v *image.RGBA) error {
	middle := v.Rect.Size().Div(2)
	grays := map[uint8]bool{}
	for x := middle.X - 100; x < middle.X+100; x++ {
		c := v.RGBAAt(x, middle.Y)
		if c.R != c.G || c.G != c.B {
			return fmt.Errorf("the colour at column %d is %v", x, c)
		}
		grays[c.R] = true
	}
	if len(grays) < 10 {
		return fmt.Errorf("there are %d grays", len(grays))
	}
	return nil
}
