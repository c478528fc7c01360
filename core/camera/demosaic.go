package camera

import (
	"context"
	"fmt"
)

// Demosaic is how the two colours that a sensel did not see are guessed. Each
// way leaves its own correlation in the noise.
type Demosaic int

// The ways of demosaicing.
const (
	// Bilinear takes the mean of the nearest sensels of a colour. The noise of
	// red and blue reaches furthest.
	Bilinear Demosaic = iota
	// Malvar corrects bilinear by the second derivative of the known colour
	// (Malvar, He, Cutler: "High-quality linear interpolation for demosaicing of
	// Bayer-patterned color images", ICASSP 2004).
	Malvar
	// EdgeDirected interpolates green along the smoother of the two directions and
	// red and blue as differences from it (Hamilton, Adams: US patent 5,629,734,
	// 1997), the idea behind AHD and PPG.
	EdgeDirected
)

// Demosaics returns all ways.
func Demosaics() []Demosaic { return []Demosaic{Bilinear, Malvar, EdgeDirected} }

// String returns the name used on command lines: bilinear, malvar, edge.
func (d Demosaic) String() string {
	if d < 0 || int(d) >= len(demosaicNames) {
		return fmt.Sprintf("Demosaic(%d)", int(d))
	}
	return demosaicNames[d]
}

var demosaicNames = [...]string{"bilinear", "malvar", "edge"}

// margin is how far the mirrored border of a padded mosaic reaches: two for the
// widest kernel twice. Even, so that Bayer's colours stay in place.
const margin = 4

// padded is a mosaic in shares of the raw range times the white balance, with a
// mirrored border. Mirroring without repeating the outermost sensel keeps the
// colours of a Bayer pattern in step.
type padded struct {
	w, h, stride int
	pattern      Pattern
	pix          []float32
}

// at is the index of the sensel (x, y) of the picture.
func (p *padded) at(x, y int) int { return (y+margin)*p.stride + x + margin }

// balance returns the mosaic with black taken off, white balanced and clipped
// where green is full: a clipped highlight must not turn magenta.
func balance(ctx context.Context, m *Mosaic, gains [3]float64) (*padded, error) {
	p := &padded{w: m.W, h: m.H, stride: m.W + 2*margin, pattern: m.Pattern}
	p.pix = make([]float32, p.stride*(m.H+2*margin))
	scale := 1 / float64(m.White-m.Black)
	factor := [3]float32{float32(gains[0] * scale), float32(gains[1] * scale), float32(gains[2] * scale)}
	err := eachBand(ctx, m.H+2*margin, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			my := mirrored(y-margin, m.H)
			row := p.pix[y*p.stride:][:p.stride]
			for x := range row {
				mx := mirrored(x-margin, m.W)
				v := float32(int(m.Pix[my*m.W+mx])-m.Black) * factor[m.Pattern.Colour(mx, my)]
				row[x] = min(v, 1)
			}
		}
	})
	return p, err
}

// mirrored brings an index into 0..n-1 by mirroring at the outermost samples.
func mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

// demosaic returns all three colours of every pixel. X-Trans has a way of its own,
// whichever is asked for.
func (d Demosaic) demosaic(ctx context.Context, p *padded) (*Frame, error) {
	out := newFrame(p.w, p.h)
	switch {
	case !p.pattern.Bayer():
		return out, eachBand(ctx, p.h, func(y0, y1 int) { nearby(out, p, y0, y1) })
	case d == Malvar:
		return out, eachBand(ctx, p.h, func(y0, y1 int) { malvar(out, p, y0, y1) })
	case d == EdgeDirected:
		return out, edgeDirected(ctx, out, p)
	}
	return out, eachBand(ctx, p.h, func(y0, y1 int) { bilinear(out, p, y0, y1) })
}

func bilinear(out *Frame, p *padded, y0, y1 int) {
	s, m := p.stride, p.pix
	for y := y0; y < y1; y++ {
		for x := range p.w {
			i, o := p.at(x, y), y*p.w+x
			own := p.pattern.Colour(x, y)
			across, down := (m[i-1]+m[i+1])/2, (m[i-s]+m[i+s])/2
			out.Planes[own][o] = m[i]
			if own == green {
				beside := p.pattern.Colour(x+1, y) // the colour of this row's other sensels
				out.Planes[beside][o] = across
				out.Planes[blue-beside][o] = down
				continue
			}
			out.Planes[green][o] = (across + down) / 2
			out.Planes[blue-own][o] = (m[i-s-1] + m[i-s+1] + m[i+s-1] + m[i+s+1]) / 4
		}
	}
}

// malvar applies the paper's four kernels (figure 2), all divided by 8.
func malvar(out *Frame, p *padded, y0, y1 int) {
	s, m := p.stride, p.pix
	for y := y0; y < y1; y++ {
		for x := range p.w {
			i, o := p.at(x, y), y*p.w+x
			own := p.pattern.Colour(x, y)
			across, down := m[i-1]+m[i+1], m[i-s]+m[i+s]
			across2, down2 := m[i-2]+m[i+2], m[i-2*s]+m[i+2*s]
			corners := m[i-s-1] + m[i-s+1] + m[i+s-1] + m[i+s+1]
			out.Planes[own][o] = m[i]
			if own == green {
				beside := p.pattern.Colour(x+1, y)
				out.Planes[beside][o] = (5*m[i] + 4*across - across2 - corners + down2/2) / 8
				out.Planes[blue-beside][o] = (5*m[i] + 4*down - down2 - corners + across2/2) / 8
				continue
			}
			out.Planes[green][o] = (4*m[i] + 2*(across+down) - across2 - down2) / 8
			out.Planes[blue-own][o] = (6*m[i] + 2*corners - 1.5*(across2+down2)) / 8
		}
	}
}

// edgeDirected first finds green everywhere, two sensels into the border, then
// the other colours as differences from it.
func edgeDirected(ctx context.Context, out *Frame, p *padded) error {
	greens := make([]float32, len(p.pix))
	err := eachBand(ctx, p.h+4, func(y0, y1 int) { edgeGreen(greens, p, y0-2, y1-2) })
	if err != nil {
		return err
	}
	s := p.stride
	difference := func(i int) float32 { return p.pix[i] - greens[i] }
	return eachBand(ctx, p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range p.w {
				i, o := p.at(x, y), y*p.w+x
				own := p.pattern.Colour(x, y)
				out.Planes[green][o] = greens[i]
				if own == green {
					beside := p.pattern.Colour(x+1, y)
					out.Planes[beside][o] = greens[i] + (difference(i-1)+difference(i+1))/2
					out.Planes[blue-beside][o] = greens[i] + (difference(i-s)+difference(i+s))/2
					continue
				}
				out.Planes[own][o] = p.pix[i]
				out.Planes[blue-own][o] = greens[i] +
					(difference(i-s-1)+difference(i-s+1)+difference(i+s-1)+difference(i+s+1))/4
			}
		}
	})
}

// edgeGreen fills the rows y0..y1-1 of greens, two pixels wider than the picture.
func edgeGreen(greens []float32, p *padded, y0, y1 int) {
	s, m := p.stride, p.pix
	for y := y0; y < y1; y++ {
		for x := -2; x < p.w+2; x++ {
			i := p.at(x, y)
			if p.pattern.Colour(x+margin, y+margin) == green {
				greens[i] = m[i]
				continue
			}
			bendX, bendY := 2*m[i]-m[i-2]-m[i+2], 2*m[i]-m[i-2*s]-m[i+2*s]
			along := abs(m[i-1]-m[i+1]) + abs(bendX)
			up := abs(m[i-s]-m[i+s]) + abs(bendY)
			across := (m[i-1]+m[i+1])/2 + bendX/4
			down := (m[i-s]+m[i+s])/2 + bendY/4
			switch {
			case along < up:
				greens[i] = across
			case up < along:
				greens[i] = down
			default:
				greens[i] = (across + down) / 2
			}
		}
	}
}

func abs(v float32) float32 { return max(v, -v) }

// nearby takes for each missing colour the mean of its sensels in a window of
// 5×5, the nearer the heavier. It serves any pattern; outside of the picture it
// looks at nothing, because X-Trans does not survive mirroring.
func nearby(out *Frame, p *padded, y0, y1 int) {
	for y := y0; y < y1; y++ {
		for x := range p.w {
			var sum, weight [3]float32
			for ny := max(y-2, 0); ny <= min(y+2, p.h-1); ny++ {
				for nx := max(x-2, 0); nx <= min(x+2, p.w-1); nx++ {
					w := float32((3 - distance(nx, x)) * (3 - distance(ny, y)))
					c := p.pattern.Colour(nx, ny)
					sum[c] += w * p.pix[p.at(nx, ny)]
					weight[c] += w
				}
			}
			o := y*p.w + x
			for c := range sum {
				out.Planes[c][o] = sum[c] / max(weight[c], 1)
			}
			own := p.pattern.Colour(x, y)
			out.Planes[own][o] = p.pix[p.at(x, y)]
		}
	}
}

func distance(a, b int) int { return max(a-b, b-a) }
