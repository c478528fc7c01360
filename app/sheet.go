package app

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// A contact sheet has at most the worst six and the best two of the pairs: what goes wrong is to be seen first. Crops show
// pixels as they are, and only those of the rows that stay are kept: 12 MB for the largest sheet.
const (
	sheetWorst = 6
	sheetBest  = 2
	sheetCrop  = 256 // largest side of a crop
	sheetCell  = 128 // least width of a column, for the words above it
	sheetGap   = 8   // between crops and at the edges
	sheetLine  = 16  // height of a line of words
)

var (
	sheetPaper = color.RGBA{32, 32, 32, 255}
	sheetInk   = color.RGBA{235, 235, 235, 255}
	sheetFace  = basicfont.Face7x13
)

// sheet is a contact sheet of an evaluation: a row for each pair with crops of the noisy, the clean and the denoised photo.
// The zero value is an empty one.
type sheet struct {
	pairs int
	rows  []sheetRow // by rising gain
}

// sheetRow is one pair.
type sheetRow struct {
	name  string
	gain  float64 // in dB over the noisy photo, of the best of the shown variants
	cells []sheetPicture
}

type sheetPicture struct {
	words string
	crop  *image.RGBA
}

// add takes in a pair: crops of its pictures, if it is among the worst or the best so far.
func (s *sheet) add(score *PairScore, variants []Variant, noisy, clean *pixel.Image, results []*pixel.Image) {
	s.pairs++
	shown := sheetVariants(variants)
	row := sheetRow{name: score.Name, gain: math.Inf(-1)}
	for _, v := range shown {
		row.gain = max(row.gain, gain(score.Noisy, score.Scores[v]))
	}
	at, _ := slices.BinarySearchFunc(s.rows, row, func(a, b sheetRow) int { return cmp.Compare(a.gain, b.gain) })
	if len(s.rows) == sheetWorst+sheetBest && at == sheetWorst {
		return // better than the worst, worse than the best
	}
	row.cells = []sheetPicture{
		{fmt.Sprintf("noisy %.2f dB", score.Noisy.PSNR), cropMiddle(noisy)},
		{"clean", cropMiddle(clean)},
	}
	for _, v := range shown {
		words := fmt.Sprintf("%s %.2f dB", variants[v], score.Scores[v].PSNR)
		row.cells = append(row.cells, sheetPicture{words, cropMiddle(results[v])})
	}
	s.rows = slices.Insert(s.rows, at, row)
	if len(s.rows) > sheetWorst+sheetBest {
		s.rows = slices.Delete(s.rows, sheetWorst, sheetWorst+1)
	}
}

// gain is how much closer to the clean photo b is than a, in dB; nothing if both are equal to it.
func gain(a, b Score) float64 {
	if a.PSNR == b.PSNR {
		return 0
	}
	return b.PSNR - a.PSNR
}

// sheetVariants picks what a sheet has room for: the first, the usual and the last hole, and the average.
func sheetVariants(variants []Variant) []int {
	stops := Stops()
	var list []int
	for i, v := range variants {
		usual := v.Mode == Tunable && slices.Contains([]Hole{stops[0], DefaultHole, stops[len(stops)-1]}, v.Hole)
		if len(variants) == 1 || v.Mode == Average || usual {
			list = append(list, i)
		}
	}
	return list
}

// cropMiddle is the middle of a photo, not scaled.
func cropMiddle(im *pixel.Image) *image.RGBA {
	w, h := min(im.W, sheetCrop), min(im.H, sheetCrop)
	crop := image.NewRGBA(image.Rect(0, 0, w, h))
	im.ToRGBA(crop, crop.Rect.Add(image.Pt((im.W-w)/2, (im.H-h)/2)))
	return crop
}

// picture draws the sheet: a line of words, then the rows by rising gain, each with its name above the words and crops of
// its pictures.
func (s *sheet) picture() *image.RGBA {
	cell, columns := image.Pt(sheetCell, 0), 0
	for _, row := range s.rows {
		columns = max(columns, len(row.cells))
		for _, c := range row.cells {
			cell = image.Pt(max(cell.X, c.crop.Rect.Dx()), max(cell.Y, c.crop.Rect.Dy()))
		}
	}
	top, rowHeight := sheetLine+2*sheetGap, 2*sheetLine+cell.Y+2*sheetGap
	out := image.NewRGBA(image.Rect(0, 0, sheetGap+columns*(cell.X+sheetGap), top+len(s.rows)*rowHeight))
	draw.Draw(out, out.Rect, image.NewUniform(sheetPaper), image.Point{}, draw.Src)
	write(out, sheetGap, sheetGap, s.title())
	for r, row := range s.rows {
		y := top + r*rowHeight
		write(out, sheetGap, y, fmt.Sprintf("%s, %+.2f dB", row.name, row.gain))
		for c, picture := range row.cells {
			x := sheetGap + c*(cell.X+sheetGap)
			write(out, x, y+sheetLine, picture.words)
			crop := picture.crop
			draw.Draw(out, crop.Rect.Add(image.Pt(x, y+2*sheetLine)), crop, image.Point{}, draw.Over)
		}
	}
	return out
}

func (s *sheet) title() string {
	if s.pairs > len(s.rows) {
		return fmt.Sprintf("The worst %d and the best %d of %d pairs", sheetWorst, sheetBest, s.pairs)
	}
	return fmt.Sprintf("%d pairs, the worst first", s.pairs)
}

// write puts a line of words below (x, y).
func write(out *image.RGBA, x, y int, words string) {
	d := font.Drawer{Dst: out, Src: image.NewUniform(sheetInk), Face: sheetFace, Dot: fixed.P(x, y+sheetFace.Ascent)}
	d.DrawString(words)
}

// checkSheet refuses a contact sheet that is no PNG or would lie among the photos, where it could replace one.
func (o *EvaluateOptions) checkSheet() error {
	if o.SheetPath == "" {
		return nil
	}
	if !strings.EqualFold(filepath.Ext(o.SheetPath), ".png") {
		return usage("the contact sheet is a PNG: end its name %q with .png", o.SheetPath)
	}
	for _, folder := range []string{o.Noisy, o.Clean} {
		if sameFile(filepath.Dir(o.SheetPath), folder) {
			return usage("the contact sheet must not lie among the photos of %s", folder)
		}
	}
	return nil
}

// save writes the sheet as a PNG, if there is a path and a pair to show.
func (s *sheet) save(path string) error {
	if path == "" || len(s.rows) == 0 {
		return nil
	}
	return writePNG(say.Textf("contact sheet"), path, s.picture())
}
